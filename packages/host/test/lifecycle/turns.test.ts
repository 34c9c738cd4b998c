import { describe, expect, it } from '@jest/globals';
import { Bound } from '../../src/lifecycle/bound.ts';
import { Turns } from '../../src/lifecycle/turns.ts';

describe('work that takes turns', () => {
  it('does not overlap with work of the same key, and does with others', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const work = (name: string) => async (): Promise<string> => {
      order.push(`begin ${name}`);
      await new Promise(setImmediate);
      order.push(`end ${name}`);
      return name;
    };
    const all = [turns.take('x', work('x1')), turns.take('x', work('x2')), turns.take('y', work('y1'))];
    await expect(Promise.all(all)).resolves.toEqual(['x1', 'x2', 'y1']);
    expect(order.indexOf('begin x2')).toBeGreaterThan(order.indexOf('end x1'));
    expect(order.indexOf('begin y1')).toBeLessThan(order.indexOf('end x1'));
  });

  it('goes on after work that failed', async () => {
    const turns = new Turns();
    const failing = turns.take('x', () => Promise.reject(new Error('the well is dry')));
    await expect(turns.take('x', async () => 'next')).resolves.toBe('next');
    await expect(failing).rejects.toThrow('the well is dry');
  });
});

describe('a bound', () => {
  it('lets so much work at a time and no more, in the order in which it came, failed or not', async () => {
    const bound = new Bound(2);
    const begun: number[] = [];
    let [running, most] = [0, 0];
    const all = [0, 1, 2, 3, 4].map((number) =>
      bound.run(async () => {
        begun.push(number);
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running -= 1;
        if (number === 1) throw new Error('the well is dry');
      }),
    );
    const ends = await Promise.allSettled(all);
    expect(ends.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
  });
});
