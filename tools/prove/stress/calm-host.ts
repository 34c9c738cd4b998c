import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Commanded } from '../commanded-host.ts';

/** How the host fared while a plugin was under stress. */
export interface Calm {
  /** The longest time between two turns of a timer of 10 ms. */
  readonly longestTurnMs: number;
  /** Answers of the other plugin. */
  readonly calls: number;
  readonly slowestCallMs: number;
}

const everyMs = 10;

/** Calls another plugin every 10 ms until stopped, and watches the event loop of this process meanwhile. */
export function watchHost({ commander }: Commanded): { stop(): Promise<Calm> } {
  const histogram = monitorEventLoopDelay({ resolution: everyMs });
  const stopping = new AbortController();
  let calls = 0;
  let slowestCallMs = 0;
  const callAgainAndAgain = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const started = performance.now();
      await commander.ping(null);
      calls += 1;
      slowestCallMs = Math.max(slowestCallMs, performance.now() - started);
      await delay(everyMs);
    }
  };
  histogram.enable();
  const calling = callAgainAndAgain();
  calling.catch(() => undefined); // it is awaited when stopped
  return {
    stop: async () => {
      stopping.abort();
      histogram.disable();
      await calling;
      return { longestTurnMs: histogram.max / 1e6, calls, slowestCallMs };
    },
  };
}
