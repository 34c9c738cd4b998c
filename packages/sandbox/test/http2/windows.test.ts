import { describe, expect, it } from '@jest/globals';
import { ReceiveWindow } from '../../src/http2/receive-window.ts';
import { SendWindow } from '../../src/http2/send-window.ts';

describe('the window in which one receives', () => {
  it('allows as much as was said, and not a byte more', () => {
    const window = new ReceiveWindow(10, () => 10);
    expect(window.take(4)).toBe(true);
    expect(window.take(6)).toBe(true);
    expect(window.take(1)).toBe(false);
  });

  it('grows by what was read, when that is half of it', () => {
    const window = new ReceiveWindow(10, () => 10);
    window.take(10);
    expect(window.grow()).toBe(0);
    window.read(4);
    expect(window.grow()).toBe(0);
    window.read(1);
    expect(window.grow()).toBe(5);
    expect(window.grow()).toBe(0);
    window.read(5);
    expect(window.grow()).toBe(5);
    expect(window.take(10)).toBe(true);
    expect(window.take(1)).toBe(false);
  });

  it('becomes as large as it is to be from then on', () => {
    let size = 100;
    const window = new ReceiveWindow(10, () => size);
    expect(window.grow()).toBe(90);
    size = 20;
    expect(window.grow()).toBe(0);
    window.take(90);
    window.read(90);
    expect(window.grow()).toBe(10);
  });

  it('has no room for what is not read, however often it is asked', () => {
    const window = new ReceiveWindow(10, () => 10);
    window.take(10);
    expect([window.grow(), window.grow(), window.grow()]).toEqual([0, 0, 0]);
  });
});

describe('the window in which one sends', () => {
  const largest = 2 ** 31 - 1;

  it('is what is left of it', () => {
    const window = new SendWindow(10);
    window.take(7);
    window.grow(2);
    expect(window.left).toBe(5);
  });

  it('is below nothing when the other side takes back what was used', () => {
    const window = new SendWindow(10);
    window.take(10);
    window.grow(-10);
    expect(window.left).toBe(-10);
    window.grow(11);
    expect(window.left).toBe(1);
  });

  it('may be as large as a number of 31 bits, and no larger', () => {
    const window = new SendWindow(0);
    window.grow(largest);
    expect(window.left).toBe(largest);
    expect(() => window.grow(1)).toThrow(
      expect.objectContaining({ code: 3, message: `it made a window larger than ${largest} bytes` }),
    );
  });
});
