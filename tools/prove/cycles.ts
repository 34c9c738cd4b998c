import { runCycles } from '../../packages/testing/test/cycles/run-cycles.ts';
import type { Finding, Proof } from './finding.ts';

const cycleCount = 200;

/** However sandboxes end, there is afterwards of everything what there was before. */
export const proveCycles: Proof = async (progress) => {
  const { before, after, counts, surprises } = await runCycles({
    cycles: cycleCount,
    onCycle: (ending, index) => progress(ending, index / cycleCount),
  });
  const kinds = Object.keys({ ...before, ...after });
  return [
    ...Array.from(counts, ([name, times]): Finding => {
      const others = surprises.filter((surprise) => surprise.startsWith(`${name}: `));
      const measured = [`${times} times`, ...new Set(others)].join('; ');
      return { what: name, bound: 'ends so', measured, holds: others.length === 0 };
    }),
    ...kinds.map((kind): Finding => {
      const [was, is] = [before[kind] ?? 0, after[kind] ?? 0];
      return { what: kind, bound: `${was} before`, measured: `${is} after`, holds: is === was };
    }),
  ];
};
