import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Queue } from '../../src/http2/queue.ts';

type Step = 'push' | 'shift' | 'remove' | 'clear';
const steps = fc.array(
  fc.record({
    step: fc.constantFrom<Step>('push', 'push', 'push', 'shift', 'shift', 'remove', 'clear'),
    place: fc.nat(40),
  }),
  { maxLength: 200 },
);

describe('a queue', () => {
  it('gives back what it was given, in that order, as an array would', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const queue = new Queue<{ number: number }>();
        let model: { number: number }[] = [];
        for (const [number, { step, place }] of taken.entries()) {
          if (step === 'push') {
            const item = { number };
            queue.push(item);
            model.push(item);
          } else if (step === 'shift') expect(queue.shift()).toBe(model.shift());
          else if (step === 'clear') {
            queue.clear();
            model = [];
          } else {
            const item = model[place] ?? { number };
            queue.remove(item);
            model = model.filter((other) => other !== item);
          }
          expect([queue.length, queue.first]).toEqual([model.length, model[0]]);
        }
        for (const item of model) expect(queue.shift()).toBe(item);
        expect(queue.shift()).toBeUndefined();
      }),
      { seed: 1 },
    );
  });
});
