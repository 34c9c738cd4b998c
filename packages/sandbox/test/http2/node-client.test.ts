import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { once } from 'node:events';
import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Settings,
} from 'node:http2';
import { buffer } from 'node:stream/consumers';
import type { HeaderField } from '../../src/http2/hpack/header-field.ts';
import {
  answer,
  serverOn,
  socketPair,
  trailers,
  until,
  type OpenedStream,
  type ServerEnd,
} from './session-pair.ts';

const post = { ':method': 'POST', ':path': '/a' };

interface NodeClient extends AsyncDisposable {
  readonly client: ClientHttp2Session;
  readonly server: ServerEnd;
}

/** Node's client and our server. */
async function nodeClient(
  takes: (stream: OpenedStream) => unknown,
  settings: Settings = {},
  serverOptions: Parameters<typeof serverOn>[1] = {},
): Promise<NodeClient> {
  const sockets = await socketPair();
  const server = serverOn(sockets.server, serverOptions, takes);
  const client = connect('http://localhost', { createConnection: () => sockets.client, settings });
  client.on('error', () => undefined); // its streams tell
  await once(client, 'remoteSettings');
  return {
    client,
    server,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await sockets[Symbol.asyncDispose]();
    },
  };
}

/** Answers with what was asked, in pieces of so many bytes. */
async function echo({ http, over, bytes }: OpenedStream): Promise<void> {
  http.resume();
  await over;
  const sent = bytes();
  http.sendHeaders(answer);
  for (let at = 0; at < sent.length; at += 50_000) http.write([sent.subarray(at, at + 50_000)]);
  http.end(trailers);
}

async function ask(client: ClientHttp2Session, body: Buffer): Promise<readonly [Buffer, unknown]> {
  const stream = client.request(post);
  let said: unknown;
  stream.on('trailers', (fields) => (said = fields['x-trailer']));
  stream.end(body);
  return [await buffer(stream), said];
}

const closedOf = (stream: ClientHttp2Stream): Promise<unknown> =>
  new Promise((resolve) => stream.on('error', () => undefined).once('close', () => resolve(stream.rstCode)));

describe("Node's client on our server", () => {
  it.each<[string, Settings]>([
    ['as it is', {}],
    ['with a window of nothing', { initialWindowSize: 0 }],
    ['with a small window', { initialWindowSize: 100 }],
    ['with the largest frames', { maxFrameSize: 2 ** 24 - 1, initialWindowSize: 2 ** 24 }],
    ['without a table of headers', { headerTableSize: 0 }],
    ['with a large table of headers', { headerTableSize: 65_536 }],
  ])('has many streams at once answered: %s', async (_, settings) => {
    await using pair = await nodeClient(echo, settings);
    const { client } = pair;
    if (settings.initialWindowSize === 0) setImmediate(() => client.settings({ initialWindowSize: 60_000 }));
    const bodies = Array.from({ length: 100 }, (__, index) => Buffer.alloc(index * 100, `${index}`));
    const answers = await Promise.all(bodies.map((body) => ask(client, body)));
    expect(answers.every(([bytes], index) => bodies[index]?.equals(bytes))).toBe(true);
    expect(new Set(answers.map(([, said]) => said))).toEqual(new Set(['the end']));
  });

  it('has bodies of any size come back whole, in windows of any size', async () => {
    const sizes = fc.array(fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 300_000 })), {
      minLength: 1,
      maxLength: 6,
    });
    const windows = fc.record({
      initialWindowSize: fc.integer({ min: 1000, max: 200_000 }),
      maxFrameSize: fc.integer({ min: 16_384, max: 100_000 }),
    });
    const property = fc.asyncProperty(sizes, windows, async (lengths, settings) => {
      await using pair = await nodeClient(echo, settings, {
        settings: { initialWindowBytes: settings.initialWindowSize, maxFrameBytes: settings.maxFrameSize },
      });
      const bodies = lengths.map((length, index) => Buffer.alloc(length, `${index}${length} `));
      const answers = await Promise.all(bodies.map((body) => ask(pair.client, body)));
      for (const [index, [bytes]] of answers.entries()) expect(bodies[index]?.equals(bytes)).toBe(true);
    });
    await fc.assert(property, { numRuns: 25, seed: 9113 });
  });

  it('has streams reset by either side, and goes on', async () => {
    await using pair = await nodeClient((stream) => {
      if (pair.server.opened.length === 1) stream.http.reset(7);
      else if (pair.server.opened.length > 2) void echo(stream);
    });
    expect(await closedOf(pair.client.request(post))).toBe(constants.NGHTTP2_REFUSED_STREAM);
    const given = pair.client.request(post);
    await until(() => pair.server.opened.length === 2);
    given.on('error', () => undefined).close(constants.NGHTTP2_CANCEL);
    await until(() => pair.server.opened[1]?.http.isClosed === true);
    expect(pair.server.opened[1]?.told).toHaveLength(1); // Node may end it first
    const [bytes] = await ask(pair.client, Buffer.from('body'));
    expect(String(bytes)).toBe('body');
  });

  it('may send trailers, and answers without a body', async () => {
    await using pair = await nodeClient(({ http, over }) => {
      http.resume();
      void over.then(() => http.sendHeaders([...answer, ['x-all', 'said']] satisfies HeaderField[], true));
    });
    const stream = pair.client.request(post, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-trailer': 'mine' }));
    stream.end('body');
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    await closedOf(stream.resume());
    expect(headers['x-all']).toBe('said');
    expect(String(pair.server.opened[0]?.bytes())).toBe('body');
  });

  it('is held up by its own stream that it does not read, and other streams are not', async () => {
    await using pair = await nodeClient(({ http }) => {
      http.resume();
      http.sendHeaders(answer);
      http.write([Buffer.alloc(50_000)]);
      http.end();
    });
    const paused = pair.client.request(post).end();
    let count = 0;
    paused.on('data', (bytes: Buffer) => (count += bytes.length)).pause();
    const read = await Promise.all(Array.from({ length: 20 }, () => ask(pair.client, Buffer.alloc(0))));
    expect(read.map(([bytes]) => bytes.length)).toEqual(read.map(() => 50_000));
    expect(count).toBe(0);
    await once(paused.resume(), 'end');
    expect(count).toBe(50_000);
  });
});
