import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Heartbeat } from '../../src/client/heartbeat.ts';

const timeoutMs = 1000;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('a heartbeat', () => {
  it('asks after a quarter of the time, once, and gives up when all of it is over', () => {
    const { pings, silences } = beat();
    jest.advanceTimersByTime(249);
    expect(pings).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(pings).toEqual([1]);
    jest.advanceTimersByTime(749);
    expect({ pings, silences: silences() }).toEqual({ pings: [1], silences: 0 });
    jest.advanceTimersByTime(1);
    expect(silences()).toBe(1);
    jest.advanceTimersByTime(100_000);
    expect(silences()).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('takes anything that arrives as a sign of life', () => {
    const { heartbeat, pings, silences } = beat();
    for (let time = 0; time < 100; time++) {
      jest.advanceTimersByTime(200);
      heartbeat.heard();
    }
    expect({ pings, silences: silences() }).toEqual({ pings: [], silences: 0 });
  });

  it('counts the whole time anew from each sign of life', () => {
    const { heartbeat, pings, silences } = beat();
    jest.advanceTimersByTime(990);
    heartbeat.heard();
    jest.advanceTimersByTime(999);
    expect({ pings, silences: silences() }).toEqual({ pings: [1, 2], silences: 0 });
    jest.advanceTimersByTime(1);
    expect(silences()).toBe(1);
  });

  it('knows the answers to what it asked, each once', () => {
    const { heartbeat } = beat();
    expect(heartbeat.isAnswer(1)).toBe(false);
    jest.advanceTimersByTime(250);
    expect(heartbeat.isAnswer(2)).toBe(false);
    expect(heartbeat.isAnswer(0)).toBe(false);
    expect(heartbeat.isAnswer(1)).toBe(true);
    expect(heartbeat.isAnswer(1)).toBe(false);
  });

  it('leaves no timer when it is stopped', () => {
    const { heartbeat } = beat();
    jest.advanceTimersByTime(600);
    heartbeat.stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('keeps no process alive', () => {
    jest.useRealTimers();
    const made: NodeJS.Timeout[] = [];
    const setTimer = globalThis.setTimeout;
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, delayMs: number) => {
      const timer = setTimer(work, delayMs);
      made.push(timer);
      return timer;
    }) as typeof setTimeout); // as the heartbeat calls it
    const { heartbeat } = beat();
    expect(made.map((timer) => timer.hasRef())).toEqual([false]);
    heartbeat.stop();
  });
});

describe('a host that was held up', () => {
  it.each([
    ['as it was about to judge', 750],
    ['before it asked', 100],
    ['while it waited', 400],
  ])('asks once more and waits the whole time again, held up %s', (_, before) => {
    const { pings, silences, holdUp } = beat();
    jest.advanceTimersByTime(before);
    const asked = pings.length;
    holdUp(60_000);
    jest.advanceTimersByTime(500);
    expect(pings.length).toBe(asked + 1);
    expect(silences()).toBe(0);
    jest.advanceTimersByTime(499);
    expect(silences()).toBe(0);
    jest.advanceTimersByTime(251);
    expect(silences()).toBe(1);
  });

  it('spares a plugin that answers when the host listens again', () => {
    const { heartbeat, silences, holdUp } = beat();
    for (let time = 0; time < 20; time++) {
      holdUp(5000);
      jest.advanceTimersByTime(250);
      heartbeat.heard();
    }
    expect(silences()).toBe(0);
  });
});

function beat() {
  const now = performance.now.bind(performance);
  let heldUpMs = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now() + heldUpMs);
  const pings: number[] = [];
  const silent = jest.fn();
  const heartbeat = new Heartbeat({ timeoutMs, ask: (id) => pings.push(id), silent });
  heartbeat.start();
  return {
    heartbeat,
    pings,
    silences: () => silent.mock.calls.length,
    /** The clock goes on and no timer fires: the event loop is blocked, or the machine suspended. */
    holdUp: (durationMs: number) => void (heldUpMs += durationMs),
  };
}
