import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { TurnBudget } from '../../src/wire/turn-budget.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a turn of the event loop', () => {
  it('is not watched for a few small messages, and is for many, however small', () => {
    const watch = jest.spyOn(globalThis, 'setImmediate').mockReturnValue(setImmediate(() => undefined));
    const budget = new TurnBudget(() => undefined);
    watch.mockClear();
    for (let count = 0; count < 20; count++) expect(budget.hasTime()).toBe(true);
    expect(watch).not.toHaveBeenCalled();
    for (let count = 0; count < 80; count++) budget.hasTime();
    expect(watch).toHaveBeenCalledTimes(1);
  });

  it('takes eight times as much where it is binary data, which nobody has to read', () => {
    const budget = new TurnBudget(() => undefined);
    for (let count = 0; count < 7; count++) budget.spend(128 * 1024, 128 * 1024);
    expect(budget.hasTime()).toBe(true);
    budget.spend(128 * 1024, 128 * 1024);
    expect(budget.hasTime()).toBe(false);
  });

  it('has no time left after a large message, and the next one has', async () => {
    const budget = new TurnBudget(() => undefined);
    expect(budget.hasTime()).toBe(true);
    budget.spend(128 * 1024);
    expect(budget.hasTime()).toBe(false);
    await new Promise<void>((resolve) => {
      budget.rest(resolve);
    });
    expect(budget.hasTime()).toBe(true);
  });

  it('is tidied up after before the next one has work', async () => {
    const done: string[] = [];
    const budget = new TurnBudget(() => done.push('tidied up'));
    budget.spend(128 * 1024);
    await new Promise<void>((resolve) => {
      budget.rest(() => {
        done.push('work');
        resolve();
      });
    });
    expect(done).toEqual(['tidied up', 'work']);
  });
});
