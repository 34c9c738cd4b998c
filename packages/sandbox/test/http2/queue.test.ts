import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Queue } from '../../src/http2/queue.ts';

interface Numbered {
  readonly number: number;
}

/** What the steps of a test are taken on. */
interface Steps {
  push(item: Numbered): void;
  shift(): Numbered | undefined;
  remove(item: Numbered): void;
  clear(): void;
  readonly length: number;
}

class Model implements Steps {
  #items: Numbered[] = [];

  get length(): number {
    return this.#items.length;
  }

  push(item: Numbered): void {
    this.#items.push(item);
  }

  shift(): Numbered | undefined {
    return this.#items.shift();
  }

  remove(item: Numbered): void {
    this.#items = this.#items.filter((other) => other !== item);
  }

  clear(): void {
    this.#items = [];
  }
}

const items = Array.from({ length: 200 }, (_, number) => ({ number }));
const step = fc.oneof(
  { weight: 24, arbitrary: fc.constant({ take: 'push' as const, place: 0 }) },
  { weight: 8, arbitrary: fc.constant({ take: 'shift' as const, place: 0 }) },
  { weight: 3, arbitrary: fc.record({ take: fc.constant('remove' as const), place: fc.nat(199) }) },
  { weight: 1, arbitrary: fc.constant({ take: 'clear' as const, place: 0 }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** What is seen of a queue while these steps are taken, and until it is empty. */
function follow(queue: Steps, steps: readonly Step[]): readonly (number | undefined)[] {
  const seen: (number | undefined)[] = [];
  for (const [index, { take, place }] of steps.entries()) {
    if (take === 'push') queue.push(items[index] ?? { number: -1 });
    else if (take === 'shift') seen.push(queue.shift()?.number);
    else if (take === 'remove') queue.remove(items[place] ?? { number: -1 });
    else queue.clear();
    seen.push(queue.length);
  }
  while (queue.length > 0) seen.push(queue.shift()?.number);
  return seen;
}

describe('a queue', () => {
  it('gives back what it was given, in that order, as an array would', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        expect(follow(new Queue<Numbered>(), steps)).toEqual(follow(new Model(), steps));
      }),
      { seed: 1 },
    );
  });

  it('says who is next', () => {
    const queue = new Queue<Numbered>();
    expect(queue.first).toBeUndefined();
    for (const number of [1, 2]) queue.push({ number });
    expect(queue.first).toEqual({ number: 1 });
  });
});
