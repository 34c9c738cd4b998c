/** On whom each one depends, by id. An id that is no key is nobody's concern. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

/** The same the other way round, its keys too: who depends on each. */
export function dependents(dependencies: Dependencies): Dependencies {
  const reversed = new Map<string, string[]>([...dependencies.keys()].toReversed().map((id) => [id, []]));
  for (const [id, providers] of dependencies)
    for (const provider of providers) reversed.get(provider)?.push(id);
  return reversed;
}

/** The shortest circle through one of them, which begins and ends with it; `undefined` when there is none. */
export function cycleThrough(id: string, dependencies: Dependencies): readonly string[] | undefined {
  const paths: (readonly string[])[] = [[id]];
  const seen = new Set<string>();
  for (const path of paths) {
    for (const next of dependencies.get(path.at(-1) ?? id) ?? []) {
      if (next === id) return [...path, id];
      if (seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return undefined;
}

/**
 * Does the work for each key, which begins when that for all it depends on has ended, and otherwise in the order of the keys. In a circle
 * the first that is reached does not wait. Rejects with the first that rejects, when no other is under way.
 */
export async function inDependencyOrder(
  dependencies: Dependencies,
  work: (id: string) => Promise<void>,
): Promise<void> {
  const begun = new Map<string, Promise<void>>();
  const path = new Set<string>();
  const begin = (id: string): Promise<void> => {
    const known = begun.get(id);
    if (known) return known;
    path.add(id);
    const before = (dependencies.get(id) ?? [])
      .filter((other) => dependencies.has(other) && !path.has(other))
      .map(begin);
    path.delete(id);
    const done = before.length === 0 ? work(id) : Promise.allSettled(before).then(() => work(id));
    begun.set(id, done);
    return done;
  };
  const all = await Promise.allSettled([...dependencies.keys()].map(begin));
  const failed = all.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
