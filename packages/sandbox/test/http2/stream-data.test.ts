import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { follow } from './followed-stream.ts';
import {
  answer,
  clientOn,
  openStream,
  request,
  roundTrip,
  serverOn,
  sessionPair,
  socketPair,
  until,
  type SessionPair,
  type SharedStream,
} from './session-pair.ts';

/** Bytes in which each place can be told from the others. */
function pattern(length: number, start = 0): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4)).map((_, index) => start + index);
  return Buffer.from(words.buffer, 0, length);
}

/** A stream that the server has begun to answer. */
async function openAnswered(pair: SessionPair): Promise<SharedStream> {
  const stream = await openStream(pair);
  stream.there.http.sendHeaders(answer);
  return stream;
}

const small = {
  settings: { initialWindowBytes: 3000, maxFrameBytes: 16_384 },
  connectionWindowBytes: 65_535,
};
const large = {
  settings: { initialWindowBytes: 2 ** 20, maxFrameBytes: 2 ** 20 },
  connectionWindowBytes: 8 * 2 ** 20,
};

describe('data on streams', () => {
  it.each([
    ['small windows', small],
    ['large windows and large frames', large],
  ])('arrives whole and in its order, both ways at once: %s', async (_, options) => {
    await using pair = await sessionPair({ client: options, server: options });
    const streams = await Promise.all(Array.from({ length: 5 }, () => openAnswered(pair)));
    const sent = pattern(1_500_000);
    for (const { here, there } of streams)
      for (const { http } of [here, there]) {
        http.resume();
        for (let at = 0; at < sent.length; at += 400_000) http.write([sent.subarray(at, at + 400_000)]);
        http.end();
      }
    await Promise.all(streams.flatMap(({ here, there }) => [here.over, there.over]));
    for (const { here, there } of streams) {
      expect(here.bytes().equals(sent)).toBe(true);
      expect(there.bytes().equals(sent)).toBe(true);
    }
  });

  it('arrives as it was written, whatever the sizes of its parts are', async () => {
    const parts = fc.array(
      fc.array(fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 40_000 })), { maxLength: 4 }),
      {
        maxLength: 8,
      },
    );
    await using pair = await sessionPair({ server: small });
    const property = fc.asyncProperty(parts, async (writes) => {
      const { here, there } = await openAnswered(pair);
      there.http.resume();
      let at = 0;
      const sent = writes.map((lengths) => lengths.map((length) => pattern(length, (at += 10_000))));
      let released = 0;
      for (const write of sent) here.http.write(write, () => released++);
      here.http.end();
      there.http.end();
      here.http.resume();
      await Promise.all([here.over, there.over]);
      expect(there.bytes().equals(Buffer.concat(sent.flat()))).toBe(true);
      await until(() => released === writes.length);
    });
    await fc.assert(property, { numRuns: 60, seed: 9113 });
  });

  it('is not touched before it was released', async () => {
    await using pair = await sessionPair({ server: small });
    const { here, there } = await openAnswered(pair);
    const sent = pattern(100_000);
    const memory = Buffer.from(sent);
    let isReleased = false;
    here.http.write([memory, Buffer.alloc(0)], () => {
      isReleased = true;
      memory.fill(0);
    });
    await roundTrip(pair);
    expect([isReleased, here.http.unsentBytes]).toEqual([false, 97_000]);
    there.http.resume();
    here.http.end();
    await there.over;
    expect(there.bytes().equals(sent)).toBe(true);
    expect(isReleased).toBe(true);
  });
});

describe('a stream that is paused', () => {
  it('stops who sends on it, at its window, and no other stream', async () => {
    await using pair = await sessionPair({ server: { settings: { initialWindowBytes: 10_000 } } });
    const paused = await openAnswered(pair);
    const read = await openAnswered(pair);
    read.there.http.resume();
    const sent = pattern(2_000_000);
    for (const { here } of [paused, read]) {
      here.http.write([sent]);
      here.http.end();
    }
    await read.there.over;
    expect(read.there.bytes().equals(sent)).toBe(true);
    await roundTrip(pair);
    expect([paused.there.count(), paused.here.http.unsentBytes]).toEqual([0, 1_990_000]);
    paused.there.http.resume();
    await paused.there.over;
    expect(paused.there.bytes().equals(sent)).toBe(true);
  });

  it('may be paused and resumed within what it hands over', async () => {
    await using pair = await sessionPair({ server: small });
    const asked = follow(pair.clientEnd.session.request(request));
    const { http } = await pair.serverEnd.next();
    let isReading = false;
    const there = follow(http, () => {
      if (isReading) throw new Error('it is called while it is called');
      isReading = true;
      http.pause();
      http.resume();
      http.pause();
      setImmediate(() => http.resume());
      isReading = false;
    });
    http.resume();
    const sent = pattern(200_000);
    asked.http.write([sent]);
    asked.http.end();
    await there.over;
    expect(there.bytes().equals(sent)).toBe(true);
  });

  it('is ended or reset for it as any other', async () => {
    await using pair = await sessionPair();
    const ended = await openAnswered(pair);
    const reset = await openAnswered(pair);
    ended.here.http.end();
    reset.here.http.reset(8);
    await Promise.all([ended.there.over, reset.there.over]);
    expect([ended.there.told, reset.there.told]).toEqual([['ended'], ['broken']]);
  });
});

describe('what was sent', () => {
  it('is told of when the kernel has it, and not while it waits for a window', async () => {
    await using pair = await sessionPair({ server: { settings: { initialWindowBytes: 10_000 } } });
    const stream = await openAnswered(pair);
    stream.here.http.write([Buffer.alloc(20_000)]);
    const sent = Promise.withResolvers<void>();
    let isSent = false;
    stream.here.http.whenSent(() => {
      isSent = true;
      sent.resolve();
    });
    await roundTrip(pair);
    expect(isSent).toBe(false);
    stream.there.http.resume();
    await sent.promise;
    await until(() => stream.there.count() === 20_000);
  });

  it('is told of when nobody reads the socket only once somebody does', async () => {
    await using pair = await sessionPair({ server: large });
    const stream = await openAnswered(pair);
    pair.server.pause();
    stream.there.http.resume();
    stream.here.http.write([Buffer.alloc(1_000_000)]);
    const sent = Promise.withResolvers<void>();
    stream.here.http.whenSent(sent.resolve);
    expect(await Promise.race([sent.promise, new Promise((resolve) => setImmediate(resolve, 'waits'))])).toBe(
      'waits',
    );
    expect(pair.client.writableLength).toBeLessThan(500_000); // the rest waits in the stream
    pair.server.resume();
    await sent.promise;
    await until(() => stream.there.count() === 1_000_000);
  });
});

describe('windows that the other side changes', () => {
  it('hold for streams that are open, also when they become smaller than what is on its way', async () => {
    await using sockets = await socketPair();
    const serverEnd = serverOn(sockets.server, { settings: { initialWindowBytes: 65_535 } });
    const clientEnd = clientOn(sockets.client, small); // its first request may be answered before its settings are heard
    const pair = { ...sockets, clientEnd, serverEnd };
    await roundTrip(pair);
    const stream = await openAnswered(pair);
    stream.there.http.write([pattern(10_000)]);
    await roundTrip(pair);
    expect(stream.there.http.unsentBytes).toBe(7000);
    stream.here.http.resume();
    await until(() => stream.here.count() === 10_000);
    expect(stream.here.bytes().equals(pattern(10_000))).toBe(true);
  });
});
