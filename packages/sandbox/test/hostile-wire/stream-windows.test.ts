import { describe, expect, it } from '@jest/globals';
import { frameType as type, http2Frame, opening, RawConnection } from './raw-http2.ts';
import { batch } from './raw-stream.ts';
import { violationOf } from './violation.ts';
import { openWireHost } from './wire-host.ts';

const kibibyte = 1024;
const initial = 128 * kibibyte;
const large = 1024 * kibibyte;
const ping = http2Frame(type.ping, 0, 0, Buffer.alloc(8));
const cancelled = Buffer.from([0, 0, 0, 8]);

const numbers = (from: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => from + 2 * index);

/** What the host says on a connection, frame by frame. */
async function* framesOf({ socket }: RawConnection): AsyncGenerator<Buffer, void, undefined> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer]); // of a socket without an encoding
    for (let end = 0; bytes.length >= 9 && bytes.length >= (end = 9 + bytes.readUIntBE(0, 3));) {
      yield bytes.subarray(0, end);
      bytes = bytes.subarray(end);
    }
  }
}

/** How much more the host says that may be sent on each of its streams, until it has answered a ping. */
async function granted(
  connection: RawConnection,
  frames: AsyncGenerator<Buffer, void, undefined>,
): Promise<ReadonlyMap<number, number>> {
  await connection.write(ping);
  const windows = new Map<number, number>();
  for (;;) {
    const { value: frame } = await frames.next();
    if (!frame || frame[3] === type.ping) return windows;
    const stream = frame.readUInt32BE(5);
    if (frame[3] === type.windowUpdate && stream > 0)
      windows.set(stream, (windows.get(stream) ?? 0) + frame.readUInt32BE(9));
  }
}

describe('the windows of streams', () => {
  it('are large for 32 of them, and small from the 33rd on until one has closed', async () => {
    await using host = await openWireHost();
    using connection = await RawConnection.greet(host.path);
    const frames = framesOf(connection);
    const streams = numbers(3, 100);
    await connection.write(Buffer.concat(streams.map((id) => opening(id, 'Transfer'))));
    const windows = await granted(connection, frames);
    expect([...windows.keys()]).toEqual(numbers(1, 32)); // 1 is Attach
    expect(new Set(windows.values())).toEqual(new Set([large - initial]));
    const closed = streams.slice(0, 70).map((id) => http2Frame(type.resetStream, 0, id, cancelled));
    await connection.write(Buffer.concat([...closed, opening(999, 'Transfer')]));
    expect(await granted(connection, frames)).toEqual(new Map([[999, large - initial]]));
  });

  it('end a runner that sends more than fits', async () => {
    await using host = await openWireHost();
    using connection = await RawConnection.greet(host.path);
    const offer = batch({ $case: 'opening', value: { calledByHost: false, id: 1 } });
    const item = batch({
      $case: 'value',
      value: { json: 'null', attachments: [{ pointer: '', data: Buffer.alloc(60 * kibibyte) }] },
    });
    await connection.write(Buffer.concat([opening(3, 'Transfer'), http2Frame(type.data, 0, 3, offer)]));
    for (let sent = 0; sent < 2 * large && !connection.socket.destroyed; sent += item.length)
      await connection.write(http2Frame(type.data, 0, 3, item));
    expect(await violationOf(host)).toContain('it broke HTTP/2: it sent more than the window of a stream');
  });
});
