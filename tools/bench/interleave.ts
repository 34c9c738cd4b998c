import type { Bench } from './bench.ts';

/** How often things are done in turn. */
export interface Rounds<Name extends string, Figures> {
  /** For who watches. */
  readonly what: string;
  readonly names: readonly Name[];
  readonly repetitions: number;
  readonly measure: (name: Name) => Promise<Figures>;
}

/**
 * Does things in turn (A B C, A B C, ...), so that what the machine does meanwhile meets all of them. A first round warms up and does
 * not count.
 */
export async function interleave<Name extends string, Figures>(
  bench: Bench,
  { what, names, repetitions, measure }: Rounds<Name, Figures>,
): Promise<Readonly<Record<Name, readonly Figures[]>>> {
  const figures = Object.fromEntries(names.map((name) => [name, [] as Figures[]])) as Record<Name, Figures[]>;
  for (let round = 0; round <= repetitions; round += 1) {
    for (const name of names) {
      bench.step(what);
      const measured = await measure(name);
      if (round > 0) figures[name].push(measured);
    }
  }
  return figures;
}
