import type { Section } from '../section.ts';
import { measureBuiltInStarts } from './built-in-starts.ts';
import { measureLazyActivation } from './lazy-activation.ts';

/** Many plugins in one host: how long it takes to start them, and what those cost that nobody calls. */
export const lifecycle: Section = {
  async run(bench) {
    const starts = await measureBuiltInStarts(bench, 1000);
    const activation = await measureLazyActivation(bench, 300);
    return {
      tables: [starts.table, activation.table],
      values: { builtInStarts: starts.registryMillis, lazyProcesses: String(activation.processes) },
      figures: { starts: starts.figures, activation: activation.figures },
    };
  },
};
