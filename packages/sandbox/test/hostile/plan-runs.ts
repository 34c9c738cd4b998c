import { findWeakening, type DefenceName } from './defences.ts';
import type { HostileCase, Seen } from './hostile-case.ts';

/** One attempt, with some defences taken away, and what it must come to. */
export interface Trial {
  readonly hostile: HostileCase;
  readonly removed: readonly DefenceName[];
  readonly expected: Seen;
  /** `denied`: nothing is missing. `held`: one of several defences is left. `succeeds`: none is. */
  readonly kind: 'denied' | 'held' | 'succeeds';
}

/**
 * The trials of a case: as it is, with each of its defences alone, and without any of them. An ordinary user cannot take
 * privileges that it does not have itself: there the other trials show that lacking them is enough.
 */
export function planTrials(hostile: HostileCase, isRoot: boolean): readonly Trial[] {
  const { denied, succeeds, heldBy = {} } = hostile;
  const isThere = (name: DefenceName): boolean => isRoot || findWeakening(name).forOrdinaryUsers !== 'absent';
  const isInherent = (name: DefenceName): boolean =>
    !isRoot && findWeakening(name).forOrdinaryUsers === 'inherent';
  const present = hostile.defences.filter(isThere);
  const heldBySome = (left: DefenceName): Trial => ({
    hostile,
    removed: present.filter((name) => name !== left),
    expected: heldBy[left] ?? denied,
    kind: 'held',
  });
  const inherent = present.filter(isInherent);
  return [
    { hostile, removed: [], expected: denied, kind: 'denied' },
    ...(present.length > 1 ? present : [])
      .filter((left) => inherent.every((name) => name === left))
      .map(heldBySome),
    ...(inherent.length > 0
      ? []
      : [{ hostile, removed: present, expected: succeeds, kind: 'succeeds' } as const]),
  ];
}

/** Trials that share a sandbox: all with the same defences missing, but for those that would disturb others. */
export function groupTrials(trials: readonly Trial[]): readonly (readonly Trial[])[] {
  const groups = Map.groupBy(trials, ({ hostile, removed }) =>
    [...removed.toSorted(), hostile.alone === undefined ? '' : hostile.name].join(', '),
  );
  return [...groups.values()];
}
