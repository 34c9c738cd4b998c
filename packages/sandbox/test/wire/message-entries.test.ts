import { describe, expect, it } from '@jest/globals';
import { items } from '../../src/wire/frame-codec.ts';
import { ItemBatch } from '../../src/wire/gen/stellaops/plugin/v1/plugin.ts';
import { MessageEntries } from '../../src/wire/message-entries.ts';
import { trustingBounds } from '../../src/wire/session-bounds.ts';
import { framed } from '../hostile-wire/raw-stream.ts';

/** A message of an item with so much binary data. */
function messageWith(dataBytes: number): Buffer {
  const value = { json: '[null]', attachments: [{ pointer: '/0', data: Buffer.alloc(dataBytes, 'd') }] };
  return framed(ItemBatch.encode({ items: [{ item: { $case: 'value', value } }] }).finish());
}

/** Whether the last of these chunks may be written over, when all that came in them was read. */
function hasCopied(...chunks: readonly Buffer[]): boolean {
  const entries = new MessageEntries(items, trustingBounds());
  for (const chunk of chunks) {
    entries.feed(chunk);
    while (entries.next());
  }
  return entries.hasCopied();
}

describe('what the entries of messages came in', () => {
  it('is referred to by large binary data alone, and only where the message came whole', () => {
    expect(hasCopied(messageWith(1000))).toBe(true);
    expect(hasCopied(messageWith(100_000))).toBe(false);
    expect(hasCopied(Buffer.concat([messageWith(100_000), messageWith(1)]))).toBe(false);
    const message = messageWith(100_000);
    expect(hasCopied(message.subarray(0, 50_000), message.subarray(50_000))).toBe(true);
  });

  it('is referred to by what is read as generated', () => {
    const unknown = [0x7a, 0]; // a field that no item has, and so not one for the reader by hand
    const item = { $case: 'value' as const, value: { json: '', attachments: [] } };
    const bytes = Buffer.from(ItemBatch.encode({ items: [{ item }] }).finish());
    const entry = Buffer.concat([Buffer.from([bytes[0] ?? 0, (bytes[1] ?? 0) + 2]), bytes.subarray(2)]);
    expect(hasCopied(framed(bytes))).toBe(true);
    expect(hasCopied(framed(Buffer.concat([entry, Buffer.from(unknown)])))).toBe(false);
  });

  it('may be free before anybody looks for more in it', () => {
    const entries = new MessageEntries(items, trustingBounds());
    const chunk = Buffer.from(new Uint8Array(messageWith(1000)).buffer);
    entries.feed(chunk);
    entries.next();
    expect(entries.hasCopied()).toBe(true);
    chunk.buffer.transfer(0);
    expect([entries.isEmpty, entries.next()]).toEqual([true, false]);
    entries.feed(messageWith(1));
    expect(entries.next()).toBe(true);
  });

  it('is referred to while something of it was not read', () => {
    const entries = new MessageEntries(items, trustingBounds());
    entries.feed(Buffer.concat([messageWith(1), messageWith(1)]));
    entries.next();
    expect(entries.hasCopied()).toBe(false);
    entries.next();
    expect(entries.hasCopied()).toBe(true);
  });
});

it('the entries of a stream that is closed before its end hold nothing of what they brought', () => {
  const entries = new MessageEntries(items, trustingBounds());
  entries.feed(messageWith(1024 * 1024));
  expect(entries.next()).toBe(true);
  expect(entries.entry?.$case).toBe('value');
  entries.close();
  expect(entries.entry).toBeUndefined();
});
