import { describe, expect, it } from '@jest/globals';
import { ReceiveWindow } from '../../src/http2/receive-window.ts';
import { UnreadData } from '../../src/http2/unread-data.ts';

function unreadData(): { readonly unread: UnreadData; readonly read: Buffer[] } {
  const read: Buffer[] = [];
  const unread = new UnreadData(new ReceiveWindow(2 ** 30, () => 2 ** 30), (bytes) => {
    read.push(bytes);
    return bytes.length === 5; // what says that it is done with them
  });
  return { unread, read };
}

describe('what has arrived on a stream', () => {
  it('waits until the stream is resumed, and comes in its order', () => {
    const { unread, read } = unreadData();
    const pieces = [1, 5000, 3, 4095, 4096, 2, 70_000, 1].map((length) => Buffer.alloc(length, `${length}`));
    for (const piece of pieces) unread.push(piece);
    expect([read.length, unread.isEmpty]).toEqual([0, false]);
    unread.resume();
    expect(Buffer.concat(read)).toEqual(Buffer.concat(pieces));
    expect(unread.isEmpty).toBe(true);
  });

  it('is handed over as it is while nothing waits', () => {
    const { unread, read } = unreadData();
    unread.resume();
    const piece = Buffer.from('piece');
    expect(unread.push(piece)).toBe(true);
    expect(read[0]).toBe(piece);
  });

  it('is referred to while it waits, and where its reader says so', () => {
    const { unread } = unreadData();
    expect(unread.push(Buffer.from('piece'))).toBe(false);
    unread.resume();
    expect(unread.push(Buffer.from('longer piece'))).toBe(false);
  });

  it('takes little more memory than its bytes, however small the pieces are in which it waits', () => {
    const { unread, read } = unreadData();
    const chunk = Buffer.allocUnsafeSlow(60_000);
    for (let at = 0; at < chunk.length; at++) unread.push(chunk.subarray(at, at + 1));
    unread.resume();
    const kept = new Set(read.map(({ buffer }) => buffer));
    expect(read.length).toBeLessThan(20);
    expect(Buffer.concat(read)).toEqual(chunk);
    expect([...kept].reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(70_000);
  });

  it('does not keep what came with it', () => {
    const { unread, read } = unreadData();
    unread.push(Buffer.allocUnsafeSlow(60_000).subarray(0, 10_000));
    unread.resume();
    expect(read[0]?.buffer.byteLength).toBeLessThan(20_000);
  });

  it('stops where its reader pauses it, also within what it reads, and goes on from there', () => {
    const read: string[] = [];
    const unread: UnreadData = new UnreadData(new ReceiveWindow(100_000, () => 100_000), (bytes) => {
      read.push(`${bytes.length}`);
      unread.pause();
      return false;
    });
    for (const length of [5000, 6000, 7000]) unread.push(Buffer.alloc(length));
    unread.resume();
    expect(read).toEqual(['5000']);
    unread.push(Buffer.alloc(8000));
    unread.resume();
    unread.resume();
    expect(read).toEqual(['5000', '6000', '7000']);
    expect(unread.isEmpty).toBe(false);
  });

  it('is forgotten when it is dropped', () => {
    const { unread, read } = unreadData();
    for (const length of [1, 10_000, 1]) unread.push(Buffer.alloc(length));
    unread.drop();
    unread.resume();
    expect([read.length, unread.isEmpty]).toEqual([0, true]);
  });
});
