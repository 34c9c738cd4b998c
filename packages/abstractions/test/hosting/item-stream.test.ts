import { describe, expect, it } from '@jest/globals';
import { endOfItems, ItemStream, NextItem, type StreamStep } from '../../src/hosting.ts';

const item = (value: number): StreamStep<number> => new NextItem(value);

/** Numbers that a test hands over one by one; those that it has given are there, and the others are waited for. */
class Numbers extends ItemStream<number> {
  readonly left: unknown[] = [];
  isBegun = false;
  readonly #steps: StreamStep<number>[];
  #arrived = Promise.withResolvers<StreamStep<number>>();
  #waits = 0;
  #refusal: Error | undefined;
  mostWaits = 0;

  constructor(...here: number[]) {
    super();
    this.#steps = here.map(item);
  }

  arrive(step: StreamStep<number>): void {
    this.#arrived.resolve(step);
  }

  /** Throws this when somebody would wait. */
  refuse(error: Error): void {
    this.#refusal = error;
  }

  fail(error: Error): void {
    this.#arrived.reject(error);
  }

  protected override take(): StreamStep<number> | undefined {
    this.isBegun = true;
    return this.#steps.shift();
  }

  protected override wait(): Promise<StreamStep<number>> {
    if (this.#refusal) throw this.#refusal;
    return this.#arrival();
  }

  async #arrival(): Promise<StreamStep<number>> {
    this.mostWaits = Math.max(this.mostWaits, ++this.#waits);
    try {
      return await this.#arrived.promise;
    } finally {
      this.#waits -= 1;
      this.#arrived = Promise.withResolvers();
    }
  }

  protected override leave(error?: unknown): void {
    this.left.push(error);
  }
}

describe('a stream of items', () => {
  it('begins when its first item is asked for, and never when its reader leaves before', async () => {
    const numbers = new Numbers(1);
    expect(await numbers.return()).toEqual(endOfItems);
    expect(await numbers.next()).toEqual(endOfItems);
    expect(numbers.isBegun).toBe(false);
  });

  it('gives what is there and then what comes, to the end, and is left once', async () => {
    const numbers = new Numbers(1, 2);
    const read = Array.fromAsync(numbers);
    await settled();
    numbers.arrive(item(3));
    await settled();
    numbers.arrive(endOfItems);
    expect(await read).toEqual([1, 2, 3]);
    expect(await numbers.next()).toEqual(endOfItems);
    expect(numbers.left).toEqual([undefined]);
  });

  it('gives steps that are asked for at once in their order, and waits for one at a time', async () => {
    const numbers = new Numbers(1);
    const steps = [numbers.next(), numbers.next(), numbers.next(), numbers.next()];
    expect(await steps[0]).toEqual(item(1));
    numbers.arrive(item(2));
    expect(await steps[1]).toEqual(item(2));
    await settled();
    numbers.arrive(endOfItems);
    expect(await Promise.all(steps)).toEqual([item(1), item(2), endOfItems, endOfItems]);
    expect(numbers.mostWaits).toBe(1);
  });

  it('is left by its reader when the step that he waits for is there', async () => {
    const numbers = new Numbers();
    const step = numbers.next();
    const left = numbers.return();
    await settled();
    expect(numbers.left).toEqual([]);
    numbers.arrive(item(1));
    expect(await step).toEqual(item(1));
    expect(await left).toEqual(endOfItems);
    expect(numbers.left).toEqual([undefined]);
  });

  it('ends by its first error, and goes on with what was asked for after it', async () => {
    const error = new Error('broken off');
    const numbers = new Numbers();
    const steps = Promise.allSettled([numbers.next(), numbers.next()]);
    numbers.fail(error);
    expect(await steps).toEqual([
      { status: 'rejected', reason: error },
      { status: 'fulfilled', value: endOfItems },
    ]);
    expect(numbers.left).toEqual([error]);
  });

  it('ends also by what is thrown where it would wait', async () => {
    const error = new Error('cannot wait');
    const numbers = new Numbers();
    numbers.refuse(error);
    await expect(numbers.next()).rejects.toBe(error);
    expect(await numbers.next()).toEqual(endOfItems);
    expect(numbers.left).toEqual([error]);
  });

  it('is left by a loop that breaks off', async () => {
    const numbers = new Numbers(1, 2);
    for await (const number of numbers) if (number === 1) break;
    expect(numbers.left).toEqual([undefined]);
  });

  it('hands over at once what is there to a stream that reads it, and nothing while somebody waits', async () => {
    const numbers = new Numbers(1);
    expect(numbers.ready()).toEqual(item(1));
    expect(numbers.ready()).toBeUndefined();
    const step = numbers.next();
    expect(numbers.ready()).toBeUndefined();
    numbers.arrive(endOfItems);
    await step;
    expect(numbers.ready()).toEqual(endOfItems);
  });
});

/** Resolves when promises that are settled have been heard. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
