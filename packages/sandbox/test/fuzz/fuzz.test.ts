import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Attacker } from './attacker.ts';
import { playSession } from './play-session.ts';
import { Subject } from './subject.ts';
import { attacks, type Attack } from './trials.ts';

const seed = 4;

describe('a wire that is fuzzed', () => {
  it.each<[string, number, readonly string[]]>([
    ['frames', 60, ['SANDBOX_PROTOCOL_VIOLATION', 'the runner left']],
    ['http2', 40, ['SANDBOX_PROTOCOL_VIOLATION', 'the runner left']],
    ['session', 40, ['SANDBOX_PROTOCOL_VIOLATION', 'the runner left']],
    ['runner', 40, ['the host left']],
  ])('ends as it should, and nothing is left waiting: %s', async (name, numRuns, endings) => {
    const attack = attackOf(name);
    await using subject = Subject.of(attack.end);
    await using attacker = new Attacker();
    const seen = new Map<string, number>();
    await fc.assert(attack.property({ subject, attacker }, seen), {
      seed,
      numRuns,
      interruptAfterTimeLimit: 60_000,
    });
    expect([...seen.keys()]).toEqual(expect.arrayContaining([...endings]));
  });

  it('blames its host for no attacker that died before it dialled', async () => {
    await using subject = Subject.of('host');
    const seen = new Map<string, number>();
    const attacker = { attempt: () => Promise.resolve(undefined) };
    await fc.assert(attackOf('frames').property({ subject, attacker }, seen), { seed, numRuns: 2 });
    expect(Object.fromEntries(seen)).toEqual({
      'the attacker did not survive it, and was started again': 2,
      'the runner left': 2,
    });
  });

  it('ends well where nothing is wrong', async () => {
    await using subject = Subject.of('host');
    const trial = await subject.begin();
    expect(await playSession(trial.path, { slips: [] })).toBe('to its end');
    expect(await subject.settle(trial)).toEqual({ ending: 'the runner left', problems: [] });
  });
});

function attackOf(name: string): Attack {
  const attack = attacks[name];
  if (!attack) throw new Error(`there is no attack ${name}`);
  return attack;
}
