import { expect, it } from '@jest/globals';
import { items } from '../../src/wire/frame-codec.ts';
import { ItemBatch } from '../../src/wire/gen/stellaops/plugin/v1/plugin.ts';
import { MessageEntries } from '../../src/wire/message-entries.ts';
import { trustingBounds } from '../../src/wire/session-bounds.ts';
import { framed } from '../hostile-wire/raw-stream.ts';

it('the entries of a stream that is closed before its end hold nothing of what they brought', () => {
  const entries = new MessageEntries(items, trustingBounds());
  const large = { json: '[null]', attachments: [{ pointer: '/0', data: Buffer.alloc(1024 * 1024) }] };
  const value = { $case: 'value' as const, value: large };
  entries.feed(framed(ItemBatch.encode({ items: [{ item: value }] }).finish()));
  expect(entries.next()).toBe(true);
  expect(entries.entry?.$case).toBe('value');
  entries.close();
  expect(entries.entry).toBeUndefined();
});
