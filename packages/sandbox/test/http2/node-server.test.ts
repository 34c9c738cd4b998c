import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Http2Server, type ServerHttp2Stream, type Settings } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeaderField } from '../../src/http2/hpack/header-field.ts';
import { follow, type FollowedStream } from './followed-stream.ts';
import { clientOn, request, type SessionEnd } from './session-pair.ts';

interface NodeServer extends AsyncDisposable {
  readonly server: Http2Server;
  readonly client: SessionEnd;
}

/** Node's server and our client. */
async function nodeServer(
  answerTo: (stream: ServerHttp2Stream) => void,
  settings: Settings = {},
  clientOptions: Parameters<typeof clientOn>[1] = {},
): Promise<NodeServer> {
  const directory = await mkdtemp(join(tmpdir(), 'stella-http2-'));
  const server = createServer({ settings });
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => undefined); // its client sees it
    answerTo(stream);
  });
  server.listen(join(directory, 's'));
  await once(server, 'listening');
  const socket = connect(join(directory, 's'));
  await once(socket, 'connect');
  return {
    server,
    client: clientOn(socket, clientOptions),
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      server.close();
      await rm(directory, { recursive: true });
    },
  };
}

function echo(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200, 'x-first': 'said' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-trailer': 'the end' }));
  stream.pipe(stream);
}

function ask({ session }: SessionEnd, body: Buffer): FollowedStream {
  const stream = follow(session.request(request));
  stream.http.resume();
  for (let at = 0; at < body.length; at += 70_000) stream.http.write([body.subarray(at, at + 70_000)]);
  stream.http.end();
  return stream;
}

const ordinary = (fields: readonly HeaderField[] = []): readonly HeaderField[] =>
  fields.filter(([name]) => name !== 'date');

describe("our client on Node's server", () => {
  it.each<[string, Settings]>([
    ['as it is', {}],
    ['that takes three streams at a time', { maxConcurrentStreams: 3 }],
    ['with a small window', { initialWindowSize: 100 }],
    ['with the largest frames', { maxFrameSize: 2 ** 24 - 1, initialWindowSize: 2 ** 24 }],
    ['without a table of headers', { headerTableSize: 0 }],
    ['with a large table of headers', { headerTableSize: 65_536 }],
  ])('has many streams at once answered: %s', async (_, settings) => {
    await using pair = await nodeServer(echo, settings);
    await ask(pair.client, Buffer.from('first')).over; // its settings are heard by then
    const bodies = Array.from({ length: 100 }, (__, index) => Buffer.alloc(index * 100, `${index}`));
    const asked = bodies.map((body) => ask(pair.client, body));
    await Promise.all(asked.map(({ over }) => over));
    expect(asked.every(({ bytes }, index) => bodies[index]?.equals(bytes()))).toBe(true);
    for (const { told, fields } of asked) {
      expect(told).toEqual(['ended']);
      expect(fields.map(ordinary)).toEqual([
        [
          [':status', '200'],
          ['x-first', 'said'],
        ],
        [['x-trailer', 'the end']],
      ]);
    }
  });

  it('sends what waited for a window of nothing once there is one', async () => {
    await using pair = await nodeServer(
      (stream) => {
        echo(stream);
        stream.session?.settings({ initialWindowSize: 1000 });
      },
      { initialWindowSize: 0 },
    );
    const asked = ask(pair.client, Buffer.alloc(100_000, 1));
    await asked.over;
    expect(asked.bytes().equals(Buffer.alloc(100_000, 1))).toBe(true);
  });

  it('keeps to a window that became smaller while streams waited to be opened', async () => {
    let streams = 0;
    const settings = { maxConcurrentStreams: 1, initialWindowSize: 65_535 };
    await using pair = await nodeServer((stream) => {
      streams++;
      if (streams !== 2) return echo(stream);
      stream.session?.settings({ initialWindowSize: 1000 }, () => echo(stream));
    }, settings);
    await ask(pair.client, Buffer.from('first')).over; // its settings are heard by then
    const asked = [1, 2, 3].map((byte) => ask(pair.client, Buffer.alloc(60_000, byte)));
    await Promise.all(asked.map(({ over }) => over));
    expect(asked.map(({ told, count }) => [...told, count()])).toEqual(asked.map(() => ['ended', 60_000]));
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
      await using pair = await nodeServer(echo, settings, {
        settings: { initialWindowBytes: 65_535, maxFrameBytes: settings.maxFrameSize },
      });
      const bodies = lengths.map((length, index) => Buffer.alloc(length, `${index}${length} `));
      const asked = bodies.map((body) => ask(pair.client, body));
      await Promise.all(asked.map(({ over }) => over));
      for (const [index, { bytes }] of asked.entries()) expect(bodies[index]?.equals(bytes())).toBe(true);
    });
    await fc.assert(property, { numRuns: 25, seed: 9113 });
  });

  it('has streams reset by either side, and goes on', async () => {
    let streams = 0;
    const given = Promise.withResolvers<number>();
    await using pair = await nodeServer((stream) => {
      streams++;
      if (streams === 1) stream.close(2);
      else if (streams === 2) stream.on('aborted', () => given.resolve(stream.rstCode));
      else echo(stream);
    });
    const refused = ask(pair.client, Buffer.from('body'));
    await refused.over;
    expect(refused.told).toEqual(['broken: it reset a stream: INTERNAL_ERROR']);
    const asked = follow(pair.client.session.request(request));
    asked.http.write([Buffer.from('body')]);
    await new Promise(setImmediate);
    asked.http.reset(8);
    expect([await given.promise, asked.told]).toEqual([8, []]);
    const last = ask(pair.client, Buffer.from('body'));
    await last.over;
    expect(String(last.bytes())).toBe('body');
  });

  it('ends together with it', async () => {
    await using pair = await nodeServer(echo);
    await ask(pair.client, Buffer.from('body')).over;
    const asked = follow(pair.client.session.request(request));
    pair.server.on('stream', (stream) => stream.session?.destroy());
    await pair.client.closed;
    expect(asked.told).toHaveLength(1);
  });
});
