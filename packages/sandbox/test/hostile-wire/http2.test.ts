import { describe, expect, it } from '@jest/globals';
import { violationOf } from './violation.ts';
import { HostileRunner } from './hostile-runner.ts';
import { frameType as type, headerBlock, http2Frame, opening, RawConnection } from './raw-http2.ts';
import { prove } from './prove.ts';
import { vault } from './vault.ts';
import { openWireHost } from './wire-host.ts';

const ping = http2Frame(type.ping, 0, 0, Buffer.alloc(8));
const emptyData = http2Frame(type.data, 0, 1);
const emptySettings = http2Frame(type.settings, 0, 0);
const priority = http2Frame(type.priority, 0, 99, Buffer.alloc(5));
const tooMany = 'it sent more than 1000 frames in a second that carry nothing';
const times = (count: number, bytes: Buffer): Buffer => Buffer.alloc(count * bytes.length, bytes);

function continued(stream: number, count: number): Buffer {
  const parts = times(count, http2Frame(type.continuation, 0, stream));
  return Buffer.concat([
    http2Frame(type.headers, 0, stream, headerBlock('Transfer')),
    parts,
    http2Frame(type.continuation, 4, stream),
  ]);
}

function openedAndReset(count: number): Buffer {
  const streams = Array.from({ length: count }, (_, index) => 3 + 2 * index);
  const cancel = Buffer.from([0, 0, 0, 8]);
  return Buffer.concat(
    streams.flatMap((stream) => [
      opening(stream, 'Transfer'),
      http2Frame(type.resetStream, 0, stream, cancel),
    ]),
  );
}

describe('HTTP/2 by hand', () => {
  it.each<[string, Buffer, Buffer, string]>([
    ['pings', times(500, ping), times(100_000, ping), tooMany],
    ['settings', times(500, emptySettings), times(100_000, emptySettings), tooMany],
    ['empty frames of data', times(500, emptyData), times(100_000, emptyData), tooMany],
    [
      'continuations of headers',
      continued(3, 4),
      continued(5, 1000),
      'it went on with headers in more than 8 frames',
    ],
    ['streams opened and reset', openedAndReset(500), openedAndReset(20_000), tooMany],
    ['frames of priority that nobody wants', times(10, priority), times(100_000, priority), tooMany],
    [
      'a window of nothing',
      http2Frame(type.windowUpdate, 0, 0, Buffer.from([0, 0, 0, 1])),
      http2Frame(type.windowUpdate, 0, 0, Buffer.alloc(4)),
      'it made a window larger by nothing',
    ],
    [
      'a window beyond 2^31',
      http2Frame(type.windowUpdate, 0, 0, Buffer.from([0, 1, 0, 0])),
      http2Frame(type.windowUpdate, 0, 0, Buffer.from([0x7f, 255, 255, 255])),
      'it made a window larger than 2147483647 bytes',
    ],
    [
      'a frame larger than announced',
      http2Frame(type.data, 0, 1, Buffer.alloc(5)),
      http2Frame(type.data, 0, 1, Buffer.alloc(131_073)),
      'it sent a frame of 131073 bytes, and the limit is 131072',
    ],
    [
      'a stream with the number of a server',
      opening(3, 'Transfer'),
      opening(4, 'Transfer'),
      'it opened stream 4, and a number of a client is odd',
    ],
  ])('is taken with a few and ended with too much: %s', async (_, permitted, forbidden, problem) => {
    await using host = await openWireHost();
    using connection = await RawConnection.greet(host.path);
    await (
      await host.session
    ).greeted;
    await connection.write(permitted);
    await prove(host, connection);
    await connection.write(forbidden);
    expect(await violationOf(host)).toContain(`it broke HTTP/2: ${problem}`);
    await connection.closed;
  });

  it('is ended by a flood of pings whose answers it does not read', async () => {
    await using host = await openWireHost();
    using connection = await RawConnection.greet(host.path);
    await (
      await host.session
    ).greeted;
    connection.socket.pause();
    void connection.write(times(100_000, ping));
    expect(await violationOf(host)).toContain(`it broke HTTP/2: ${tooMany}`);
  });

  it('leaves no socket behind for a runner that does not read its end', async () => {
    await using stack = new AsyncDisposableStack();
    const host = stack.use(await openWireHost());
    using connection = await RawConnection.greet(host.path);
    const session = await host.session;
    await session.greeted;
    await connection.write(http2Frame(type.settings, 0, 0, Buffer.from([0, 4, 0x7f, 255, 255, 255])));
    await connection.write(http2Frame(type.windowUpdate, 0, 0, Buffer.from([0x7f, 0, 0, 0])));
    await prove(host, connection);
    connection.socket.pause();
    const calls = Array.from({ length: 100 }, () => session.api(vault).echo('x'.repeat(100_000)));
    await new Promise(setImmediate);
    await stack.disposeAsync();
    await Promise.allSettled(calls);
    const hungUp = { isSeen: false };
    void connection.closed.then(() => (hungUp.isSeen = true));
    while (!hungUp.isSeen) {
      connection.socket.write(ping); // it reads nothing, so only a write tells
      await new Promise(setImmediate);
    }
    expect(connection.socket.destroyed).toBe(true);
  });

  it.each([
    ['HTTP/1.1', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['nonsense', Buffer.alloc(100, 7)],
  ])('is what the host speaks, and nothing else: %s', async (_, bytes) => {
    await using host = await openWireHost();
    using connection = await RawConnection.dial(host.path);
    await connection.write(bytes);
    expect(await violationOf(host)).toContain('it broke HTTP/2: it speaks something else');
  });

  it('may come a byte at a time', async () => {
    await using host = await openWireHost();
    using connection = await RawConnection.greet(host.path);
    await (
      await host.session
    ).greeted;
    for (const byte of ping) await connection.write(Buffer.from([byte]));
    await prove(host, connection);
    expect(host.written).toHaveLength(1);
  });
});

describe('headers', () => {
  const refusedCalmly = 11; // ENHANCE_YOUR_CALM, RFC 9113, 7

  it.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>]>([
    ['in great number', manyHeaders(10), manyHeaders(40)],
    ['of great length', { large: 'x'.repeat(8000) }, { large: 'x'.repeat(20_000) }],
  ])('are refused %s, and the sandbox goes on', async (_, permitted, forbidden) => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const taken = runner.open('Transfer', permitted);
    taken.http.end();
    expect(await taken.ended).toMatchObject({ status: '9' });
    const refused = runner.open('Transfer', forbidden);
    expect(await refused.ended).toMatchObject({ status: '' });
    expect(refused.http.rstCode).toBe(refusedCalmly);
    await runner.prove();
  });

  function manyHeaders(count: number): Readonly<Record<string, string>> {
    return Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, 'y']));
  }
});

describe('streams', () => {
  it('are refused beyond one for each call, and the sandbox goes on', async () => {
    await using host = await openWireHost({ limits: { maxCallsInFlight: 2 } });
    using connection = await RawConnection.greet(host.path);
    await (
      await host.session
    ).greeted;
    const refused = new Set<number>();
    connection.socket.on('data', (bytes: Buffer) => {
      for (let stream = 3; stream <= 13; stream += 2) {
        const reset = http2Frame(type.resetStream, 0, stream, Buffer.from([0, 0, 0, 7])); // REFUSED_STREAM
        if (bytes.includes(reset)) refused.add(stream);
      }
    });
    for (let stream = 3; stream <= 13; stream += 2) await connection.write(opening(stream, 'Transfer'));
    await prove(host, connection);
    while (refused.size < 2) await new Promise(setImmediate);
    expect([...refused]).toEqual([11, 13]); // Attach and two for each direction are open
  });
});
