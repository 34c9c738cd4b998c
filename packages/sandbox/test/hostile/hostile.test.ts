import { beforeAll, describe, expect, it } from '@jest/globals';
import { isolationAspects } from '@stellaops/plugin-abstractions/hosting';
import { BubblewrapIsolation } from '../../src/isolation/bubblewrap-isolation.ts';
import { deniedSystemCalls } from '../../src/isolation/seccomp/denied-system-calls.ts';
import { findGroups } from '../isolation/processes.ts';
import { allCases } from './all-cases.ts';
import { defences, findWeakening, type DefenceName } from './defences.ts';
import { meets } from './meets.ts';
import { planTrials } from './plan-runs.ts';
import { runAsOrdinaryUser } from './run-as-ordinary-user.ts';
import { runSuite, type Outcome } from './run-suite.ts';

const obstacle = await new BubblewrapIsolation().probe(isolationAspects);
const isRoot = process.getuid?.() === 0;

/** The suite runs as whoever runs the tests; when that is root, then a second time as an ordinary user. */
const hosts = isRoot
  ? [
      { host: 'root', isRoot, run: runSuite },
      { host: 'an ordinary user with control groups of its own', isRoot: false, run: runAsOrdinaryUser },
    ]
  : [{ host: 'an ordinary user', isRoot, run: runSuite }];

const describeWhereIsolated = obstacle === undefined ? describe : describe.skip;
const because = obstacle === undefined ? '' : ` (skipped: ${obstacle.problem})`;

describeWhereIsolated.each(hosts)(`under a host that is $host${because}, a plugin that`, (host) => {
  let outcomes: ReadonlyMap<string, readonly Outcome[]> = new Map();
  beforeAll(async () => {
    outcomes = Map.groupBy(await host.run(), ({ name }) => name);
  });

  for (const hostile of allCases) {
    const { name, denied, impossible } = hostile;
    const itWherePossible = impossible === undefined ? it : it.skip;
    itWherePossible(
      impossible === undefined ? `${name} is denied it` : `${name} (skipped: ${impossible})`,
      () => {
        const outcomeWithout = (removed: readonly string[]): Outcome | undefined =>
          outcomes.get(name)?.find((outcome) => outcome.removed.join() === removed.join());
        const unexpected = planTrials(hostile, host.isRoot).flatMap(({ removed, expected }) => {
          const outcome = outcomeWithout(removed);
          const isExpected = outcome?.seen !== undefined && meets(expected, outcome.seen, denied);
          return isExpected ? [] : [{ removed, expected, outcome }];
        });
        expect(unexpected).toEqual([]);
      },
    );
  }

  it('has teeth: each was seen to succeed where its defences were taken away', () => {
    const possible = allCases.filter(({ impossible }) => impossible === undefined);
    const toothless = possible.filter(
      ({ name }) => !outcomes.get(name)?.some(({ kind }) => kind === 'succeeds'),
    );
    // Who has no privileges cannot give them to a plugin: these were seen under root.
    const isInherent = (name: DefenceName): boolean => findWeakening(name).forOrdinaryUsers === 'inherent';
    const expected = host.isRoot ? [] : possible.filter((hostile) => hostile.defences.some(isInherent));
    expect(toothless).toEqual(expected);
  });
});

describe('the suite of hostile plugins', () => {
  it('has more than forty beside those that only make a forbidden call, each with a name of its own', () => {
    const names = allCases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !name.startsWith('calls ')).length).toBeGreaterThan(40);
  });

  it('makes every call that the filter is to deny', () => {
    const denied = deniedSystemCalls.flatMap(({ calls }) => Object.entries(calls));
    const here = denied.filter(([, numbers]) => numbers[process.arch === 'arm64' ? 1 : 0] !== undefined);
    const names = new Set(allCases.map(({ name }) => name));
    expect(here.map(([name]) => `calls ${name}`).filter((name) => !names.has(name))).toEqual([]);
  });

  it('takes each defence away at least once', () => {
    const used = new Set<string>(allCases.flatMap((hostile) => hostile.defences));
    expect(Object.keys(defences).filter((name) => !used.has(name))).toEqual([]);
  });

  it('left no control group behind', async () => {
    expect(await findGroups(`.${process.pid}.`)).toEqual([]);
  });
});
