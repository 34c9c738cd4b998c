import { describe, expect, it } from '@jest/globals';
import { hello } from './hostile-runner.ts';
import { prove } from './prove.ts';
import { frameType as type, headerBlock, http2Frame, opening, RawConnection } from './raw-http2.ts';
import { message } from './raw-stream.ts';
import { data, endHeaders, endStream, greeted, headers, reset, trailer } from './rule-frames.ts';
import { violationOf } from './violation.ts';
import { openWireHost } from './wire-host.ts';

const ack = 1;
const padded = 8;
const priority = 32;
const one = Buffer.from([0, 0, 0, 1]);
const almostAll = Buffer.from([0x7f, 255, 255, 255]);

function setting(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(id);
  bytes.writeUInt32BE(value, 2);
  return http2Frame(type.settings, 0, 0, bytes);
}

describe('a runner that breaks a rule of HTTP/2', () => {
  it.each<[string, string, ...Buffer[]]>([
    ['settings of 7 bytes', 'it sent settings of 7 bytes', http2Frame(type.settings, 0, 0, Buffer.alloc(7))],
    ['a window of 2^31', 'it set a window of 2147483648 bytes', setting(4, 2 ** 31)],
    ['frames of 5 bytes', 'it set frames of 5 bytes', setting(5, 5)],
    ['settings of a stream', 'it sent settings of a stream', http2Frame(type.settings, 0, 1)],
    ['a ping of 7 bytes', 'it sent a ping of 7 bytes', http2Frame(type.ping, 0, 0, Buffer.alloc(7))],
    ['a ping of a stream', 'it sent a ping of a stream', http2Frame(type.ping, 0, 1, Buffer.alloc(8))],
    ['a goaway of a stream', 'it sent a goaway of a stream', http2Frame(type.goAway, 0, 1, Buffer.alloc(8))],
    ['a goaway of 7 bytes', 'it sent a goaway of 7 bytes', http2Frame(type.goAway, 0, 0, Buffer.alloc(7))],
    ['push of 2', 'it set push to 2', setting(2, 2)],
    [
      'settings acknowledged with some',
      'it acknowledged settings in 6 bytes',
      http2Frame(type.settings, ack, 0, Buffer.alloc(6)),
    ],
    [
      'a priority of no stream',
      'it sent a priority of no stream',
      http2Frame(type.priority, 0, 0, Buffer.alloc(5)),
    ],
    [
      'a priority of 4 bytes',
      'it sent a priority of 4 bytes',
      http2Frame(type.priority, 0, 1, Buffer.alloc(4)),
    ],
    [
      'headers too short for their priority',
      'it sent headers with a priority of 4 bytes',
      headers(3, priority | endHeaders, Buffer.alloc(4)),
    ],
    ['a reset of no stream', 'it sent a reset of no stream', reset(0, 8)],
    ['a reset of 3 bytes', 'it sent a reset of 3 bytes', http2Frame(type.resetStream, 0, 1, Buffer.alloc(3))],
    [
      'a window of 5 bytes',
      'it sent a window of 5 bytes',
      http2Frame(type.windowUpdate, 0, 0, Buffer.alloc(5)),
    ],
    [
      'more padding than data',
      'it sent a frame with more padding than frame',
      data(1, padded, Buffer.from([2, 0])),
    ],
    [
      'more padding than headers',
      'it sent a frame with more padding than frame',
      headers(3, padded | endHeaders, Buffer.from([255])),
    ],
    ['data on stream 0', 'it spoke of stream 0, which nobody has opened', data(0)],
    ['data on a stream of the host', 'it spoke of stream 2, which nobody has opened', data(2)],
    ['data on a stream to come', 'it spoke of stream 7, which nobody has opened', data(7)],
    ['a reset of a stream to come', 'it spoke of stream 7, which nobody has opened', reset(7, 8)],
    [
      'a window of a stream to come',
      'it spoke of stream 7, which nobody has opened',
      http2Frame(type.windowUpdate, 0, 7, one),
    ],
    [
      'headers on stream 0',
      'it opened stream 0, and a number of a client is odd',
      headers(0, endHeaders, headerBlock('Transfer')),
    ],
    [
      'trailers that do not end it',
      'it sent headers that have no place there',
      headers(1, endHeaders, trailer),
    ],
    [
      'trailers with a status',
      'it sent headers that cannot end a stream',
      headers(1, endStream | endHeaders, Buffer.from([0x88])),
    ],
    [
      'trailers with a line break',
      'it sent headers that cannot end a stream',
      headers(1, endStream | endHeaders, Buffer.from([0, 1, 0x78, 3, 0x79, 0x0a, 0x79])),
    ],
    [
      'a ping in the midst of headers',
      'it sent something else in the midst of headers',
      headers(3, 0, headerBlock('Transfer')),
      http2Frame(type.ping, 0, 0, Buffer.alloc(8)),
    ],
    [
      'an unknown frame in the midst of headers',
      'it sent something else in the midst of headers',
      headers(3, 0, headerBlock('Transfer')),
      http2Frame(99, 0, 0),
    ],
    [
      'headers that go on with others',
      'it went on with headers that it had not begun',
      headers(3, 0, headerBlock('Transfer')),
      http2Frame(type.continuation, endHeaders, 5),
    ],
    [
      'a continuation of nothing',
      'it went on with headers that it had not begun',
      http2Frame(type.continuation, endHeaders, 1),
    ],
    [
      'a push promise',
      'it opened a stream by itself',
      http2Frame(type.pushPromise, endHeaders, 1, Buffer.alloc(8)),
    ],
    [
      'a window of a stream beyond 2^31',
      'it made a window larger than 2147483647 bytes',
      http2Frame(type.windowUpdate, 0, 1, almostAll),
    ],
    [
      'a window beyond 2^31 by settings',
      'it made a window larger than 2147483647 bytes',
      http2Frame(type.windowUpdate, 0, 1, Buffer.from([0x7f, 255, 0, 0])),
      setting(4, 2 ** 31 - 1),
    ],
    [
      'headers that refer to nothing',
      'it sent headers that refer to entry 70 of 61',
      headers(3, endHeaders, Buffer.from([0x80 | 70])),
    ],
    [
      'headers that break off',
      'it sent headers that end within a text',
      headers(3, endHeaders, Buffer.from([0x04, 9, 47])),
    ],
    ['a reset with an error', 'it reset a stream: INTERNAL_ERROR', reset(1, 2)],
    ['a reset with an unknown error', 'it reset a stream: 200', reset(1, 200)],
  ])('is ended, and told of by that rule: %s', async (_, problem, ...frames) => {
    await using host = await openWireHost();
    using connection = await greeted(host);
    await prove(host, connection);
    await connection.write(Buffer.concat(frames));
    expect(await violationOf(host)).toBe(`it broke HTTP/2: ${problem}`);
    await connection.closed;
  });

  it.each([
    ['a ping', http2Frame(type.ping, 0, 0, Buffer.alloc(8))],
    ['an acknowledgement', http2Frame(type.settings, ack, 0)],
    ['a request', opening(1, 'Attach')],
  ])('is ended when it does not begin with its settings: %s', async (_, first) => {
    await using host = await openWireHost();
    using connection = await RawConnection.dial(host.path);
    await connection.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), first]));
    expect(await violationOf(host)).toBe('it broke HTTP/2: it did not begin with its settings');
  });

  it('is ended when it does not read what it asks for', async () => {
    await using host = await openWireHost();
    using connection = await greeted(host);
    await prove(host, connection);
    connection.socket.pause();
    const unknown = headerBlock('Unknown');
    for (let stream = 3; !connection.socket.destroyed; stream += 200)
      await connection.write(
        Buffer.concat(
          Array.from({ length: 100 }, (_, index) =>
            headers(stream + 2 * index, endStream | endHeaders, unknown),
          ),
        ),
      );
    expect(await violationOf(host)).toBe(
      'it broke HTTP/2: it did not read 1048576 bytes that it had asked for',
    );
  });
});

it('a runner that says that it will take no more streams is still heard: nobody opens any on it', async () => {
  await using host = await openWireHost();
  using connection = await greeted(host);
  await connection.write(http2Frame(type.goAway, 0, 0, Buffer.alloc(8)));
  await prove(host, connection);
  expect(host.written).toHaveLength(1);
});

it('a runner may attach with frames that are padded and continued', async () => {
  await using host = await openWireHost();
  using connection = await RawConnection.dial(host.path);
  const block = headerBlock('Attach');
  await connection.write(
    Buffer.concat([
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      http2Frame(type.settings, 0, 0),
      headers(
        1,
        padded | priority,
        Buffer.concat([Buffer.alloc(6, 1), block.subarray(0, 5), Buffer.alloc(1)]),
      ),
      http2Frame(type.continuation, endHeaders, 1, block.subarray(5)),
      data(
        1,
        padded,
        Buffer.concat([Buffer.from([7]), message({ $case: 'hello', value: hello }), Buffer.alloc(7)]),
      ),
    ]),
  );
  connection.socket.resume();
  await (
    await host.session
  ).greeted;
  await prove(host, connection);
  expect(host.written).toHaveLength(1);
});
