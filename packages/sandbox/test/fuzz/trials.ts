import { connect } from 'node:net';
import * as fc from 'fast-check';
import type { Attacker } from './attacker.ts';
import { frameScripts } from './play-frames.ts';
import { hostScripts } from './play-host.ts';
import { http2Scripts } from './play-http2.ts';
import { sessionScripts } from './play-session.ts';
import type { Subject } from './subject.ts';
import type { Attempt } from './subjects/attacker.ts';
import type { TrialEnd } from './subjects/serve-trials.ts';

/** How often each way to end was seen. */
export type Endings = Map<string, number>;

/** The two processes of a trial. */
interface Sides {
  readonly subject: Subject;
  readonly attacker: Pick<Attacker, 'attempt'>;
}

/** One kind of attack, as a property of the end that is attacked. */
export interface Attack {
  readonly end: 'host' | 'runner';
  readonly property: (sides: Sides, endings: Endings) => fc.IAsyncProperty<[unknown]>;
}

/** What is tried, by name. */
export const attacks: Readonly<Record<string, Attack>> = {
  frames: hostAttack(frameScripts, (path, script) => ({ do: 'frames', path, script })),
  http2: hostAttack(http2Scripts, (path, script) => ({ do: 'http2', path, script })),
  session: hostAttack(sessionScripts, (path, script) => ({ do: 'session', path, script })),
  runner: runnerAttack(),
};

function hostAttack<Script>(
  scripts: fc.Arbitrary<Script>,
  attempt: (path: string, script: Script) => Attempt,
): Attack {
  return {
    end: 'host',
    property: ({ subject, attacker }, endings) =>
      fc.asyncProperty(scripts, async (script) => {
        const begun = await subject.begin();
        if ((await attacker.attempt(attempt(begun.path, script))) === undefined) {
          count(endings, lost);
          await dialAndLeave(begun.path);
        }
        judge(await subject.settle(begun), endings);
      }),
  };
}

function runnerAttack(): Attack {
  return {
    end: 'runner',
    property: ({ subject, attacker }, endings) =>
      fc.asyncProperty(hostScripts, async (script) => {
        const path = await attacker.attempt({ do: 'listen', script });
        if (typeof path !== 'string') return count(endings, lost);
        const begun = await subject.begin(path);
        if ((await attacker.attempt({ do: 'leave', path })) === undefined) count(endings, lost);
        judge(await subject.settle(begun), endings);
      }),
  };
}

/** An attacker that dies of what it did last may never have dialled, and a host waits for that as long as its process lives. */
async function dialAndLeave(path: string): Promise<void> {
  const socket = connect(path);
  socket.on('error', () => undefined); // it had dialled: there is no second connection
  socket.on('connect', () => socket.destroy());
  await new Promise((resolve) => socket.once('close', resolve));
}

const lost = 'the attacker did not survive it, and was started again';

function count(endings: Endings, ending: string): void {
  endings.set(ending, (endings.get(ending) ?? 0) + 1);
}

function judge({ ending, problems }: TrialEnd, endings: Endings): void {
  count(endings, ending);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
