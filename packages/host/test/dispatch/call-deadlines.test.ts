import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CallDeadlines, type Expiring } from '../../src/dispatch/call-deadlines.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the deadlines of calls', () => {
  it('end each when its own time is over, in whatever order they came', () => {
    const { add, over } = open();
    add('long', 1000);
    add('short', 10);
    add('middle', 600);
    add('none', 0);
    jest.advanceTimersByTime(9);
    expect(over).toEqual(['none']);
    jest.advanceTimersByTime(1);
    expect(over).toEqual(['none', 'short']);
    jest.advanceTimersByTime(589);
    expect(over).toEqual(['none', 'short']);
    jest.advanceTimersByTime(1);
    expect(over).toEqual(['none', 'short', 'middle']);
    jest.advanceTimersByTime(400);
    expect(over).toEqual(['none', 'short', 'middle', 'long']);
  });

  it('have one timer for all, and none half a second after the last call has ended', () => {
    const { add, remove, over } = open();
    const entries = Array.from({ length: 100 }, (_, index) => add(`call ${index}`, 30_000));
    expect(jest.getTimerCount()).toBe(1);
    for (const entry of entries) remove(entry);
    jest.advanceTimersByTime(500);
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(60_000);
    expect(over).toEqual([]);
  });

  it('are kept for calls that come when there were none for a while', () => {
    const { add, remove, over } = open();
    const first = add('first', 100);
    remove(first);
    jest.advanceTimersByTime(1000);
    expect(jest.getTimerCount()).toBe(0);
    add('second', 100);
    jest.advanceTimersByTime(100);
    expect(over).toEqual(['second']);
  });

  it('leave out what was taken out, first, last and in between', () => {
    const { add, remove, over } = open();
    const [first, , third, , fifth] = ['a', 'b', 'c', 'd', 'e'].map((name) => add(name, 100));
    for (const entry of [third, first, fifth]) if (entry) remove(entry);
    jest.advanceTimersByTime(100);
    expect(over).toEqual(['b', 'd']);
  });

  it('keep the order in which they came, however many have come and gone', () => {
    const { deadlines, over, add, remove } = open();
    for (let round = 0; round < 500; round += 1) {
      const stays = add(`${round}`, 100);
      for (let call = 0; call < 10; call += 1) remove(add('gone', 100));
      if (round >= 3) remove(stays);
    }
    const last = add('last', 100);
    expect(deadlines.all().at(-1)).toBe(last);
    jest.advanceTimersByTime(100);
    expect(over).toEqual(['0', '1', '2', 'last']);
  });

  it('may be set anew by what has just expired', () => {
    const { deadlines, over } = open();
    class Again extends Link {
      override readonly owner = this;
      override expire(): void {
        over.push(`at ${performance.now() - begunAt}`);
        if (over.length < 3) deadlines.add(this, 10, performance.now());
      }
      override giveUp(): void {
        deadlines.remove(this);
      }
    }
    const begunAt = performance.now();
    deadlines.add(new Again(), 10, begunAt);
    jest.advanceTimersByTime(30);
    expect(over).toEqual(['at 10', 'at 20', 'at 30']);
  });

  it('need no timer for what has all the time, and know it when all is given up', () => {
    const { deadlines, add, remove } = open();
    const entry = add('for ever', Infinity);
    expect(jest.getTimerCount()).toBe(0);
    expect(deadlines.all()).toEqual([entry]);
    remove(entry);
    expect(deadlines.all()).toEqual([]);
  });

  it('take what is no number for no time at all, and Infinity for ever', () => {
    const { add, over } = open();
    add('nonsense', Number.NaN);
    add('for ever', Infinity);
    jest.advanceTimersByTime(60_000);
    expect(over).toEqual(['nonsense']);
  });
});

/** What is kept of it while it stands there. */
abstract class Link implements Expiring {
  expiresAt: number | undefined;
  place = -1;
  abstract readonly owner: object;
  abstract expire(): void;
  abstract giveUp(): void;
}

/** Deadlines, and what has expired of them. */
function open() {
  const deadlines = new CallDeadlines();
  const over: string[] = [];
  class Named extends Link {
    override readonly owner = this;
    readonly name: string;
    constructor(name: string) {
      super();
      this.name = name;
    }
    override expire(): void {
      over.push(this.name);
    }
    override giveUp(): void {
      deadlines.remove(this);
    }
  }
  const add = (name: string, timeoutMs: number): Named => {
    const entry = new Named(name);
    deadlines.add(entry, timeoutMs, performance.now());
    return entry;
  };
  return { deadlines, over, add, remove: (entry: Named) => deadlines.remove(entry) };
}
