import { describe, expect, it } from '@jest/globals';
import { writeHeaders } from '../../src/http2/hpack/header-writer.ts';
import { frameType as type, http2Frame } from '../hostile-wire/raw-http2.ts';
import {
  answer,
  request,
  serverOn,
  socketPair,
  until,
  type OpenedStream,
  type ServerEnd,
} from './session-pair.ts';

const endStream = 1;
const endHeaders = 4;
const padded = 8;
const nothing = Buffer.alloc(0);
const headers = (stream: number, flags = endHeaders): Buffer =>
  http2Frame(type.headers, flags, stream, writeHeaders(request));
const trailers = (stream: number, flags: number): Buffer =>
  http2Frame(type.headers, flags, stream, writeHeaders([['x', 'y']]));
const data = (stream: number, flags = 0, payload: Uint8Array = Buffer.from('data')): Buffer =>
  http2Frame(type.data, flags, stream, payload);

interface RawClient extends AsyncDisposable {
  readonly server: ServerEnd;
  readonly write: (...frames: readonly Buffer[]) => void;
  /** What the server said so far. */
  readonly heard: () => Buffer;
}

/** A client by hand against a server of ours, both within their settings. */
async function rawClient(takes?: (stream: OpenedStream) => void): Promise<RawClient> {
  const sockets = await socketPair();
  const server = serverOn(sockets.server, {}, takes);
  const chunks: Buffer[] = [];
  sockets.client.on('data', (chunk: Buffer) => void chunks.push(chunk));
  sockets.client.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  sockets.client.write(http2Frame(type.settings, 0, 0));
  return {
    server,
    write: (...frames) => void sockets.client.write(Buffer.concat(frames)),
    heard: () => Buffer.concat(chunks),
    [Symbol.asyncDispose]: () => sockets[Symbol.asyncDispose](),
  };
}

describe('a stream that a client has ended, and the server has not', () => {
  it.each<[string, string, Buffer]>([
    ['data', 'data', data(1)],
    ['its end once more', 'data', data(1, endStream, nothing)],
    ['trailers', 'headers', trailers(1, endStream | endHeaders)],
    ['headers', 'headers', headers(1)],
  ])('takes nothing more: %s', async (_, what, frame) => {
    await using client = await rawClient();
    client.write(headers(1), data(1, endStream), frame);
    const { http, told } = await client.server.next();
    http.resume();
    expect(await client.server.closed).toMatchObject({
      code: 5,
      message: `it sent ${what} on a stream that it had ended`,
    });
    expect(told).toHaveLength(1);
  });

  it('may have trailers, which end it', async () => {
    await using client = await rawClient();
    client.write(headers(1), data(1), trailers(1, endStream | endHeaders));
    const { http, over, told, bytes } = await client.server.next();
    http.resume();
    await over;
    expect([String(bytes()), told]).toEqual(['data', ['ended']]);
  });

  it('has trailers that do not end it taken as broken, itself alone', async () => {
    await using client = await rawClient();
    client.write(headers(1), trailers(1, endHeaders), headers(3));
    const [first, second] = [await client.server.next(), await client.server.next()];
    await first.over;
    expect(first.told).toEqual(['broken: it sent headers that have no place there']);
    expect([first.http.isClosed, second.http.isClosed]).toEqual([true, false]);
    const protocolError = http2Frame(type.resetStream, 0, 1, Buffer.from([0, 0, 0, 1]));
    await until(() => client.heard().includes(protocolError));
  });
});

describe('windows', () => {
  it('are given back for padding, though nothing comes with it', async () => {
    await using client = await rawClient();
    const padding = data(1, padded, Buffer.from([255, ...Buffer.alloc(255)]));
    const bytesPerFrame = 256;
    client.write(headers(1), ...Array.from({ length: 200 }, () => padding));
    const { http } = await client.server.next();
    http.resume();
    await until(() => client.heard().includes(http2Frame(type.windowUpdate, 0, 1).subarray(3)));
    client.write(...Array.from({ length: 65_535 / bytesPerFrame - 100 }, () => padding), data(1, endStream));
    client.write(http2Frame(type.ping, 0, 0, Buffer.alloc(8)));
    await until(() => client.heard().includes(http2Frame(type.ping, 1, 0, Buffer.alloc(8))));
    expect(http.isClosed).toBe(false); // it has taken more than its window
  });

  it('hold nobody up who only ends: neither that of the connection nor that of the stream', async () => {
    await using client = await rawClient(({ http }) => {
      http.sendHeaders(answer);
      if (http.id === 1) http.write([Buffer.alloc(100_000)]);
      http.end([['x', 'y']]);
    });
    client.write(headers(1), headers(3));
    await until(() => client.heard().includes(trailers(3, endStream | endHeaders)));
    expect(client.heard().includes(trailers(1, endStream | endHeaders))).toBe(false);
    const more = Buffer.from([0, 1, 0, 0]);
    client.write(http2Frame(type.windowUpdate, 0, 0, more), http2Frame(type.windowUpdate, 0, 1, more));
    await until(() => client.heard().includes(trailers(1, endStream | endHeaders)));
  });

  it('that are closed keep nothing of streams that were reset', async () => {
    await using client = await rawClient(({ http }) => {
      http.sendHeaders(answer);
      http.write([Buffer.alloc(70_000)]);
    });
    client.write(headers(1));
    await until(() => client.heard().length > 65_535);
    const cancel = (stream: number): Buffer =>
      http2Frame(type.resetStream, 0, stream, Buffer.from([0, 0, 0, 8]));
    client.write(headers(3), cancel(3), headers(5), cancel(5));
    await until(() => client.server.opened.length === 3 && client.server.opened[2]?.http.isClosed === true);
    const asked = new Set<number>();
    for (const { http } of client.server.opened)
      Object.defineProperty(http, 'isReady', { get: () => (asked.add(http.id), false) });
    const more = Buffer.from([0, 0, 0, 9]);
    client.write(
      http2Frame(type.windowUpdate, 0, 1, more),
      http2Frame(type.windowUpdate, 0, 0, more),
      headers(7),
    );
    await until(() => client.server.opened.length === 4);
    expect([...asked]).toEqual([1]);
  });
});

describe('a server', () => {
  it('refuses streams beyond those that it takes, and the others go on', async () => {
    const sockets = await socketPair();
    await using _ = sockets;
    const server = serverOn(sockets.server, {
      settings: { initialWindowBytes: 65_535, maxConcurrentStreams: 2 },
    });
    const chunks: Buffer[] = [];
    sockets.client.on('data', (chunk: Buffer) => void chunks.push(chunk));
    sockets.client.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    sockets.client.write(
      Buffer.concat([
        http2Frame(type.settings, 0, 0),
        headers(1),
        headers(3),
        headers(5),
        data(5),
        data(3, endStream),
      ]),
    );
    const refused = http2Frame(type.resetStream, 0, 5, Buffer.from([0, 0, 0, 7]));
    await until(() => Buffer.concat(chunks).includes(refused));
    const [, second] = [await server.next(), await server.next()];
    second.http.resume();
    await second.over;
    expect([server.opened.length, second.told]).toEqual([2, ['ended']]);
  });
});
