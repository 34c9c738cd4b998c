import { describe, expect, it } from '@jest/globals';
import { frameType as type, http2Frame, opening, RawConnection } from './raw-http2.ts';
import { batch } from './raw-stream.ts';
import { violationOf } from './violation.ts';
import { openWireHost } from './wire-host.ts';

const acknowledged = http2Frame(type.settings, 1, 0);
const cancelled = Buffer.from([0, 0, 0, 8]);
const few = 512 * 1024;
const many = 128 * 1024;
const data = Buffer.alloc(16 * 1024);

const numbers = (from: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => from + 2 * index);

/** The windows that the host says its streams have, one after the other (RFC 9113, 6.5.2). */
async function* windowsOf({ socket }: RawConnection): AsyncGenerator<number, void, undefined> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer]); // of a socket without an encoding
    for (let end = 0; bytes.length >= 9 && bytes.length >= (end = 9 + bytes.readUIntBE(0, 3));) {
      for (let at = 9; bytes[3] === type.settings && at < end; at += 6)
        if (bytes.readUInt16BE(at) === 4) yield bytes.readUInt32BE(at + 2);
      bytes = bytes.subarray(end);
    }
  }
}

async function nextOf(windows: AsyncGenerator<number, void, undefined>): Promise<number | undefined> {
  return (await windows.next()).value ?? undefined;
}

describe('the windows of streams', () => {
  it('are large while there are few, and small from the 65th on until 32 are left', async () => {
    await using host = await openWireHost();
    using connection = await RawConnection.greet(host.path);
    const windows = windowsOf(connection);
    expect(await nextOf(windows)).toBe(few);
    const streams = numbers(3, 64); // with Attach 65
    await connection.write(Buffer.concat([acknowledged, ...streams.map((id) => opening(id, 'Transfer'))]));
    expect(await nextOf(windows)).toBe(many);
    const closed = streams.slice(31).map((id) => http2Frame(type.resetStream, 0, id, cancelled));
    await connection.write(Buffer.concat([acknowledged, ...closed]));
    expect(await nextOf(windows)).toBe(few);
  });

  it('end a runner that fills those it has no longer', async () => {
    await using host = await openWireHost();
    using connection = await RawConnection.greet(host.path);
    const windows = windowsOf(connection);
    await nextOf(windows);
    await connection.write(acknowledged); // of the first, and of no other
    const item = batch({ $case: 'value', value: { json: 'null', attachments: [{ pointer: '', data }] } });
    for (const [call, id] of numbers(3, 2000).entries()) {
      if (connection.socket.destroyed) break;
      const offer = batch({ $case: 'opening', value: { calledByHost: false, id: call + 1 } });
      await connection.write(Buffer.concat([opening(id, 'Transfer'), http2Frame(type.data, 0, id, offer)]));
      for (let sent = 0; sent < 30; sent++) {
        await connection.write(http2Frame(type.data, 0, id, item.subarray(0, 9000)));
        await connection.write(http2Frame(type.data, 0, id, item.subarray(9000)));
      }
    }
    expect(await violationOf(host)).toContain('it did not heed a setting');
  });
});
