import type { Section } from '../section.ts';
import { measureAge } from './age.ts';
import { measureLongStreams } from './long-streams.ts';
import { measureNeighbours } from './neighbours.ts';

/** What does not grow: the cost of a call with the number of plugins, memory with calls and with streams. */
export const scale: Section = {
  async run(bench) {
    const parts = [await measureNeighbours(bench), await measureAge(bench), await measureLongStreams(bench)];
    return {
      tables: parts.map(({ table }) => table),
      figures: Object.fromEntries(parts.map(({ name, figures }) => [name, figures])),
    };
  },
};
