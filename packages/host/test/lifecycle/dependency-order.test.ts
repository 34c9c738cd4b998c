import { describe, expect, it } from '@jest/globals';
import { cycleThrough, dependents, inDependencyOrder } from '../../src/lifecycle/dependency-order.ts';

const of = (dependencies: Record<string, string[]>) => new Map(Object.entries(dependencies));

/** What happened in which order, when each piece of work takes a turn of the event loop. */
async function orderOf(dependencies: Record<string, string[]>): Promise<string[]> {
  const order: string[] = [];
  await inDependencyOrder(of(dependencies), async (id) => {
    order.push(`begin ${id}`);
    await new Promise(setImmediate);
    order.push(`end ${id}`);
  });
  return order;
}

describe('work in the order of dependencies', () => {
  it('begins for each when that for all on which it depends has ended', async () => {
    await expect(orderOf({ a: ['b', 'c'], b: ['c'], c: [] })).resolves.toEqual([
      'begin c',
      'end c',
      'begin b',
      'end b',
      'begin a',
      'end a',
    ]);
  });

  it('goes on side by side, in the order of the keys, where nothing depends', async () => {
    const order = await orderOf({ a: [], b: [], c: ['a'] });
    expect(order.slice(0, 3)).toEqual(['begin a', 'begin b', 'end a']);
    expect(order.indexOf('begin c')).toBeGreaterThan(order.indexOf('end a'));
  });

  it('waits for nobody who is not among them, and ends in a circle too', async () => {
    await expect(orderOf({ a: ['stranger'] })).resolves.toEqual(['begin a', 'end a']);
    const circle = await orderOf({ a: ['b'], b: ['a'] });
    expect(circle).toEqual(['begin b', 'end b', 'begin a', 'end a']);
  });

  it('is done for those after one that fails, and rejects with that when all has ended', async () => {
    const done: string[] = [];
    const all = inDependencyOrder(of({ a: ['b'], b: [], c: [] }), async (id) => {
      await new Promise(setImmediate);
      if (id === 'b') throw new Error('the well is dry');
      done.push(id);
    });
    await expect(all).rejects.toThrow('the well is dry');
    expect(done).toEqual(['c', 'a']);
  });
});

describe('a circle', () => {
  it('is found through each that is in it, the shortest first, and through no other', () => {
    const dependencies = of({ a: ['b'], b: ['c', 'a'], c: ['a'], d: ['a'], e: [] });
    expect(cycleThrough('a', dependencies)).toEqual(['a', 'b', 'a']);
    expect(cycleThrough('c', dependencies)).toEqual(['c', 'a', 'b', 'c']);
    expect(cycleThrough('d', dependencies)).toBeUndefined();
    expect(cycleThrough('e', dependencies)).toBeUndefined();
  });
});

describe('dependents', () => {
  it('are who depends on each, the last key first', () => {
    expect([...dependents(of({ a: ['b', 'stranger'], b: [], c: ['b'] }))]).toEqual([
      ['c', []],
      ['b', ['a', 'c']],
      ['a', []],
    ]);
  });
});
