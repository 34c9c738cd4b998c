import { describe, expect, it } from '@jest/globals';
import { DataQueue } from '../../src/http2/data-queue.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

/** Takes everything, at most so many bytes at a time; a released part is told by a line. */
function takeAll(queue: DataQueue, atMost: number): readonly string[] {
  const taken: string[] = [];
  for (let part = queue.take(atMost); part; part = queue.take(atMost))
    taken.push(`${String(Buffer.from(part.bytes))}${part.released ? ' and released' : ''}`);
  return taken;
}

describe('what waits to be sent', () => {
  it('comes out in its order, in pieces of one part each, and is released with its last', () => {
    const queue = new DataQueue();
    queue.push([bytes('abcde'), bytes('fg')], () => undefined);
    queue.push([bytes('h')]);
    expect(queue.bytes).toBe(8);
    expect(takeAll(queue, 3)).toEqual(['abc', 'de', 'fg and released', 'h']);
    expect(queue.bytes).toBe(0);
  });

  it('is not released before its last byte, though an empty part comes behind it', () => {
    const queue = new DataQueue();
    let isReleased = false;
    queue.push([bytes('abc'), bytes('')], () => (isReleased = true));
    expect(isReleased).toBe(false);
    expect(takeAll(queue, 2)).toEqual(['ab', 'c and released']);
  });

  it('is released at once when there is nothing of it', () => {
    const queue = new DataQueue();
    let isReleased = false;
    queue.push([bytes('')], () => (isReleased = true));
    expect(isReleased).toBe(true);
    expect(queue.take(10)).toBeUndefined();
  });

  it('is forgotten, and never released', () => {
    const queue = new DataQueue();
    queue.push([bytes('abc')], () => {
      throw new Error('released');
    });
    queue.drop();
    expect(queue.bytes).toBe(0);
    expect(queue.take(10)).toBeUndefined();
  });
});
