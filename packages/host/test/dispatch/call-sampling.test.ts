import { describe, expect, it } from '@jest/globals';
import { CallSampling } from '../../src/dispatch/call-sampling.ts';

describe('the calls of a method that are timed', () => {
  it('are all of them while no more than a thousand come in a second', () => {
    const { weights } = sample(Array.from({ length: 200 }, (_, index) => index));
    expect(weights).toEqual(Array.from({ length: 200 }, () => 1));
  });

  it('are all of the first of many, then one in 64, which stands for all since the one before', () => {
    const { weights } = sample(Array.from({ length: 65 + 3 * 64 }, () => 0));
    expect(weights.slice(0, 65)).toEqual(Array.from({ length: 65 }, () => 1));
    expect(weights.slice(65).filter((weight) => weight > 0)).toEqual([64, 64, 64]);
    expect(weights.slice(65).lastIndexOf(64)).toBe(3 * 64 - 1);
  });

  it('are all of them again as soon as they come slower', () => {
    const quick = Array.from({ length: 65 }, () => 0);
    const slow = Array.from({ length: 100 }, (_, index) => 1 + index);
    const { weights } = sample([...quick, ...slow]);
    expect(weights.slice(65).filter((weight) => weight > 1)).toEqual([64]);
    expect(weights.slice(65 + 64)).toEqual(Array.from({ length: 36 }, () => 1));
  });
});

/** What calls that begin at these times stand for. */
function sample(times: readonly number[]): { readonly weights: readonly number[] } {
  const sampling = new CallSampling();
  const weights = times.map((now) => {
    const weight = sampling.next();
    if (weight > 0) sampling.timed(now);
    return weight;
  });
  return { weights };
}
