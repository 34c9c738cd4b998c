import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { HostFrame, Item, RunnerFrame } from '../../src/wire/connection.ts';
import { hostFrames, items, runnerFrames, type EntryCodec } from '../../src/wire/frame-codec.ts';
import { HostMessage, ItemBatch, RunnerMessage } from '../../src/wire/gen/stellaops/plugin/v1/plugin.ts';
import { MessageBuilder } from '../../src/wire/message-builder.ts';
import { MessageEntries } from '../../src/wire/message-entries.ts';
import { trustingBounds } from '../../src/wire/session-bounds.ts';
import { framed } from '../hostile-wire/raw-stream.ts';

const runs = { numRuns: 300, seed: 4 };
const uint32 = fc.nat({ max: 2 ** 32 - 1 });
const ids = fc.oneof(fc.nat({ max: 300 }), fc.maxSafeNat());
// The generated reader takes a byte order mark away that stands first.
const texts = fc.string({ unit: 'grapheme', maxLength: 200 }).filter((text) => !text.startsWith('\ufeff'));
const data = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom(5000, 70_000, 200_000).map((length) => new Uint8Array(length).fill(7)),
);
const payloads = fc.record({
  json: texts,
  attachments: fc.array(fc.record({ pointer: texts, data }), { maxLength: 3 }),
});
const calls = fc.record({
  $case: fc.constant('call' as const),
  value: fc.record({
    id: ids,
    capability: texts,
    version: uint32,
    method: texts,
    request: fc.option(payloads, { nil: undefined }),
    timeoutMs: uint32,
    streamsRequest: fc.boolean(),
    streamsResponse: fc.boolean(),
    traceparent: texts,
    transfersRequest: fc.boolean(),
  }),
});
const failures = fc.record({ code: texts, detailsJson: texts, stack: texts });
const answers = fc.record({
  $case: fc.constant('answer' as const),
  value: fc.record({
    id: ids,
    result: fc.option(
      fc.oneof(
        fc.record({ $case: fc.constant('response' as const), value: payloads }),
        fc.record({ $case: fc.constant('failure' as const), value: failures }),
        fc.record({ $case: fc.constant('transferred' as const), value: fc.constant({}) }),
      ),
      { nil: undefined },
    ),
  }),
});
const pings = fc.record({ $case: fc.constant('ping' as const), value: fc.record({ id: ids }) });
const pongs = fc.record({ $case: fc.constant('pong' as const), value: fc.record({ id: ids }) });
const values = fc.record({ $case: fc.constant('value' as const), value: payloads });
const openings = fc.record({
  $case: fc.constant('opening' as const),
  value: fc.record({ calledByHost: fc.boolean(), id: ids }),
});

/** What both ways of writing and reading one kind of message have to agree on. */
interface Kind<Entry> {
  readonly codec: EntryCodec<Entry>;
  readonly entries: fc.Arbitrary<Entry>;
  encode(entries: readonly Entry[]): Uint8Array;
  decode(bytes: Uint8Array): readonly (Entry | undefined)[];
}

const ofRunner: Kind<RunnerFrame> = {
  codec: runnerFrames,
  entries: fc.oneof(calls, answers, pongs),
  encode: (frames) => RunnerMessage.encode({ frames: frames.map((frame) => ({ frame })) }).finish(),
  decode: (bytes) => RunnerMessage.decode(bytes).frames.map(({ frame }) => frame),
};
const ofHost: Kind<HostFrame> = {
  codec: hostFrames,
  entries: fc.oneof(calls, answers, pings),
  encode: (frames) => HostMessage.encode({ frames: frames.map((frame) => ({ frame })) }).finish(),
  decode: (bytes) => HostMessage.decode(bytes).frames.map(({ frame }) => frame),
};
const ofTransfer: Kind<Item> = {
  codec: items,
  entries: fc.oneof(values, openings),
  encode: (batch) => ItemBatch.encode({ items: batch.map((item) => ({ item })) }).finish(),
  decode: (bytes) => ItemBatch.decode(bytes).items.map(({ item }) => item),
};

/** As our own writer writes them: the prefix of gRPC and the message. */
function write<Entry>({ codec }: Kind<Entry>, entries: readonly Entry[]): Buffer {
  const builder = new MessageBuilder();
  builder.begin();
  for (const entry of entries) codec.write(builder, entry);
  return Buffer.concat(builder.take().parts);
}

/** As our own reader reads them. */
function read<Entry>({ codec }: Kind<Entry>, bytes: Uint8Array): readonly Entry[] {
  const reader = new MessageEntries(codec, trustingBounds());
  reader.feed(framed(bytes));
  const entries: Entry[] = [];
  while (reader.next()) if (reader.entry !== undefined) entries.push(reader.entry);
  return entries;
}

const unreadable = 'unreadable';

/** What a reader makes of bytes: the entries, or that there are none to be had. */
function outcome(work: () => readonly unknown[]): unknown {
  try {
    return plain(work().filter((entry) => entry !== undefined));
  } catch {
    return unreadable;
  }
}

/** Binary data as it compares, whichever class it is of. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

/** The tests of one kind. */
function describeKind<Entry>(name: string, kind: Kind<Entry>): void {
  const batches = fc.array(kind.entries, { maxLength: 4 });

  describe(name, () => {
    it('are written byte for byte as the generated writer does', () => {
      fc.assert(
        fc.property(batches, (batch) => {
          expect(write(kind, batch).equals(framed(kind.encode(batch)))).toBe(true);
        }),
        runs,
      );
    });

    it('are read as they were written', () => {
      fc.assert(
        fc.property(batches, (batch) => {
          expect(plain(read(kind, kind.encode(batch)))).toEqual(plain(batch));
        }),
        runs,
      );
    });

    it('are read as the generated reader does, or refused, when bytes were changed, added or cut off', () => {
      const change = fc.record({ at: fc.nat({ max: 2 ** 30 }), byte: fc.nat({ max: 255 }) });
      fc.assert(
        fc.property(
          batches,
          fc.array(change, { maxLength: 3 }),
          fc.uint8Array({ maxLength: 6 }),
          fc.nat({ max: 4 }),
          (batch, changes, tail, cut) => {
            const bytes = Buffer.concat([kind.encode(batch), tail]);
            for (const { at, byte } of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
            const given = bytes.subarray(0, bytes.length - cut);
            const seen = outcome(() => read(kind, given));
            const generated = outcome(() => kind.decode(given));
            expect([unreadable, generated]).toContainEqual(seen);
          },
        ),
        runs,
      );
    });
  });
}

describeKind('frames of a runner', ofRunner);
describeKind('frames of a host', ofHost);
describeKind('items of a stream', ofTransfer);
