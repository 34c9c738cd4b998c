import * as fc from 'fast-check';
import { frameType, headerBlock, http2Frame, RawConnection } from '../hostile-wire/raw-http2.ts';
import { message } from '../hostile-wire/raw-stream.ts';
import { byteChanges, changed, type ByteChanges } from './byte-changes.ts';
import { runnerFrames } from './runner-frames.ts';
import { within } from './subjects/within.ts';

/** Bytes of HTTP/2, sent so many times. */
interface Burst {
  readonly bytes: Uint8Array;
  readonly times: number;
  readonly changes: ByteChanges;
}

/** What a runner writes after its hello, or instead of it. */
export interface Http2Script {
  readonly greets: boolean;
  readonly reads: boolean;
  readonly bursts: readonly Burst[];
}

const { data, headers, priority, resetStream, settings, ping, windowUpdate, continuation } = frameType;
const streams = fc.oneof({ weight: 8, arbitrary: fc.nat(9) }, fc.constantFrom(2 ** 31 - 1, 2 ** 32 - 1));
const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const words = fc.oneof(fc.nat(20), fc.constantFrom(2 ** 14, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1));

/** The identifier of a setting and its value (RFC 9113, 6.5). */
const setting = fc
  .tuple(fc.nat(9), words)
  .map(([id, value]) => Buffer.concat([Buffer.from([0, id]), word(value)]));
const largeHeaders = fc
  .dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[ -~]{0,100}$/), { maxKeys: 40 })
  .map((more) => headerBlock('Transfer', more));
const blocks = fc.oneof(
  fc.constantFrom(headerBlock('Transfer'), headerBlock('Attach'), headerBlock('Other')),
  largeHeaders,
  fc.uint8Array({ maxLength: 100 }),
);
const flags = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 1, 4, 5) }, fc.nat(255));

const payloads: fc.Arbitrary<readonly [type: number, payload: Uint8Array]> = fc.oneof(
  fc.tuple(
    fc.constant(data),
    fc.oneof(
      fc.array(runnerFrames, { maxLength: 3 }).map((frames) => message(...frames).subarray(0, 16_384)),
      fc.uint8Array({ maxLength: 100 }),
    ),
  ),
  fc.tuple(fc.constantFrom(headers, continuation), blocks),
  fc.tuple(fc.constantFrom(resetStream, windowUpdate), words.map(word)),
  fc.tuple(
    fc.constant(settings),
    fc.array(setting, { maxLength: 4 }).map((all) => Buffer.concat(all)),
  ),
  fc.tuple(fc.constantFrom(ping, priority), fc.uint8Array({ maxLength: 9 })),
  fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 40 })),
);

const anyFrames = fc
  .tuple(payloads, flags, streams)
  .map(([[type, payload], flag, stream]) => http2Frame(type, flag, stream, payload));

/** Frames that a session survives. */
const fairFrames = fc.oneof(
  fc
    .array(runnerFrames, { maxLength: 3 })
    .map((said) => http2Frame(data, 0, 1, message(...said).subarray(0, 16_384))),
  fc.constantFrom(1, 100, 2 ** 20).map((grown) => http2Frame(windowUpdate, 0, 0, word(grown))),
  fc.constant(http2Frame(ping, 0, 0, Buffer.alloc(8))),
  fc
    .constantFrom(0, 100, 2 ** 20)
    .map((window) => http2Frame(settings, 0, 0, Buffer.concat([Buffer.from([0, 4]), word(window)]))),
);
const frames = fc.oneof({ weight: 3, arbitrary: fairFrames }, anyFrames);

/** Streams that are opened and given up, one after the other. */
const shortStreams = fc.tuple(fc.nat(1500), fc.nat(14), fc.boolean()).map(([count, code, isReset]) =>
  Buffer.concat(
    Array.from({ length: count }, (_, index) => {
      const stream = 3 + 2 * index;
      const block = headerBlock(index % 2 === 0 ? 'Transfer' : 'Other');
      const opened = http2Frame(headers, isReset ? 4 : 5, stream, block);
      return isReset ? Buffer.concat([opened, http2Frame(resetStream, 0, stream, word(code))]) : opened;
    }),
  ),
);

const burst: fc.Arbitrary<Burst> = fc.record({
  bytes: fc.oneof(
    {
      weight: 8,
      arbitrary: fc.array(frames, { minLength: 1, maxLength: 4 }).map((all) => Buffer.concat(all)),
    },
    shortStreams,
  ),
  times: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 300 })),
  changes: byteChanges,
});

export const http2Scripts: fc.Arbitrary<Http2Script> = fc.record({
  greets: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
  reads: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  bursts: fc.array(burst, { minLength: 1, maxLength: 8 }),
});

/** Writes it all to the host at this path, and leaves. */
export async function playHttp2(path: string, { greets, reads, bursts }: Http2Script): Promise<void> {
  using connection = greets ? await RawConnection.greet(path) : await RawConnection.dial(path);
  if (!reads) connection.socket.pause();
  for (const { bytes, times, changes } of bursts) {
    const once = changed(bytes, changes);
    if (once.length > 0) await within(connection.write(Buffer.alloc(times * once.length, once)), 1000);
  }
  connection.socket.end();
  connection.socket.resume();
  await within(connection.closed, 1000);
}
