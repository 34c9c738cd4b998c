import * as fc from 'fast-check';
import { frameScripts, playFrames } from './play-frames.ts';
import { HostileHost, hostScripts } from './play-host.ts';
import { http2Scripts, playHttp2 } from './play-http2.ts';
import { playSession, sessionScripts } from './play-session.ts';
import type { Subject } from './subject.ts';
import type { TrialEnd } from './subjects/serve-trials.ts';
import { within } from './subjects/within.ts';

/** How often each way to end was seen. */
export type Endings = Map<string, number>;

/** One kind of attack, as a property of the end that is attacked. */
export interface Attack {
  readonly end: 'host' | 'runner';
  readonly property: (subject: Subject, endings: Endings) => fc.IAsyncProperty<[unknown]>;
}

/** What is tried, by name. */
export const attacks: Readonly<Record<string, Attack>> = {
  frames: hostAttack(frameScripts, playFrames),
  http2: hostAttack(http2Scripts, playHttp2),
  session: hostAttack(sessionScripts, playSession),
  runner: runnerAttack(),
};

function hostAttack<Script>(
  scripts: fc.Arbitrary<Script>,
  play: (path: string, script: Script) => Promise<unknown>,
): Attack {
  return {
    end: 'host',
    property: (subject, endings) =>
      fc.asyncProperty(scripts, async (script) => {
        const begun = await subject.begin();
        await play(begun.path, script);
        judge(await subject.settle(begun), endings);
      }),
  };
}

function runnerAttack(): Attack {
  return {
    end: 'runner',
    property: (subject, endings) =>
      fc.asyncProperty(hostScripts, async (script) => {
        const host = await HostileHost.open(script);
        const begun = await subject.begin(host.path);
        await within(host.played, 5000);
        await host[Symbol.asyncDispose]();
        judge(await subject.settle(begun), endings);
      }),
  };
}

function judge({ ending, problems }: TrialEnd, endings: Endings): void {
  endings.set(ending, (endings.get(ending) ?? 0) + 1);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
