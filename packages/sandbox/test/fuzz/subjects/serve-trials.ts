import { readFileSync } from 'node:fs';
import { TurnMeter, type LongestTurn } from './turn-meter.ts';

/** One end of the wire that is tried. */
export interface Trial {
  /** Where its socket is. */
  readonly path: string;
  /** To be called when the other side has left. Resolves with how the session ended, and with what should not have been. */
  settle(): Promise<TrialEnd>;
}

export interface TrialEnd {
  /** In a word, for the count of endings. */
  readonly ending: string;
  /** What breaks a promise of the wire; empty when all is well. */
  readonly problems: readonly string[];
}

/** What the process that is tried can tell of itself. */
export interface Figures {
  readonly peakMemoryMiB: number;
  /** Of all turns since the figures were asked for last. */
  readonly longestTurn: LongestTurn;
}

/** What is asked of the process that is tried; each has a number, which the answer repeats. */
export type Question =
  | { readonly ask: 'begin'; readonly path?: string }
  | { readonly ask: 'settle'; readonly trial: number }
  | { readonly ask: 'figures' };

/** The program of a process that is tried: answers questions of its parent, and lives through whatever is thrown. */
export function serveTrials(begin: (path: string) => Promise<Trial>): void {
  const meter = new TurnMeter();
  const trials = new Map<number, Trial>();
  const thrown: string[] = [];
  process.on('uncaughtException', (error) => thrown.push(`uncaught: ${error.stack}`));
  process.on('unhandledRejection', (error) =>
    thrown.push(`unhandled: ${error instanceof Error ? error.stack : String(error)}`),
  );
  const answer = async (id: number, question: Question): Promise<unknown> => {
    switch (question.ask) {
      case 'begin': {
        const trial = await begin(question.path ?? '');
        trials.set(id, trial);
        return { trial: id, path: trial.path };
      }
      case 'settle': {
        const end = await trials.get(question.trial)?.settle();
        trials.delete(question.trial);
        await new Promise(setImmediate); // rejections that nobody handles are known by then
        return { ending: end?.ending, problems: [...(end?.problems ?? []), ...thrown.splice(0)] };
      }
      case 'figures':
        return {
          peakMemoryMiB: peakMemoryMiB(),
          longestTurn: meter.takeLongest(),
        };
      default:
        return question satisfies never;
    }
  };
  process.on('message', ({ id, question }: { id: number; question: Question }) => {
    void answer(id, question).then((value) => process.send?.({ id, value }));
  });
  process.on('disconnect', () => process.exit());
}

/** Of this program alone: `maxRSS` also has what the process was before (execve(2)). */
function peakMemoryMiB(): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}
