import { describe, expect, it } from '@jest/globals';
import { PassedItems } from '../../src/dispatch/passed-items.ts';

const twice = (item: unknown): unknown => Number(item) * 2;

describe('items that are passed on', () => {
  it('come from a stream that is opened when the first is asked for', async () => {
    let opened = 0;
    const items = new PassedItems(() => {
      opened += 1;
      return new Source(1, 2);
    }, twice);
    expect(opened).toBe(0);
    expect(await Array.fromAsync(items)).toEqual([2, 4]);
    expect(opened).toBe(1);
  });

  it.each([
    ['another stream of its kind', new PassedItems(() => [1, 2])],
    ['an array', [1, 2]],
    ['an array of promises', [Promise.resolve(1), 2]],
  ])('may come from %s', async (_, source) => {
    expect(await Array.fromAsync(new PassedItems(() => source, twice))).toEqual([2, 4]);
  });

  it('fail where nothing streams', async () => {
    await expect(new PassedItems(() => 7).next()).rejects.toThrow(TypeError);
  });

  it('tell their source that the reader has left, and wait for it', async () => {
    const source = new Source(1, 2);
    for await (const item of new PassedItems(() => source)) if (item === 1) break;
    expect(source.left).toBe(1);
  });

  it('tell it when an item cannot be passed', async () => {
    const source = new Source(1, 2);
    const items = new PassedItems(
      () => source,
      () => {
        throw new Error('unfit');
      },
    );
    await expect(items.next()).rejects.toThrow('unfit');
    expect(source.left).toBe(1);
  });

  it('say nothing to a source that has ended or failed by itself', async () => {
    const ended = new Source();
    await Array.fromAsync(new PassedItems(() => ended));
    const failed = new Source(new Error('dry'));
    await expect(Array.fromAsync(new PassedItems(() => failed))).rejects.toThrow('dry');
    expect([ended.left, failed.left]).toEqual([0, 0]);
  });
});

/** Gives numbers, throws errors, and counts how often it was left. */
class Source implements AsyncIterableIterator<number> {
  left = 0;
  readonly #steps: (number | Error)[];

  constructor(...steps: (number | Error)[]) {
    this.#steps = steps;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<number>> {
    const value = this.#steps.shift();
    if (value instanceof Error) return Promise.reject(value);
    return Promise.resolve(value === undefined ? { done: true, value } : { done: false, value });
  }

  return(): Promise<IteratorResult<number>> {
    this.left += 1;
    return Promise.resolve({ done: true, value: undefined });
  }
}
