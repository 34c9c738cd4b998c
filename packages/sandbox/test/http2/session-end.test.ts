import { describe, expect, it } from '@jest/globals';
import { follow } from './followed-stream.ts';
import { answer, request, roundTrip, sessionPair, steadyPace, until } from './session-pair.ts';

describe('a session that is closed', () => {
  it('is over at once where it has no streams, at both ends and without an error', async () => {
    await using pair = await sessionPair();
    pair.clientEnd.session.close();
    expect(await Promise.all([pair.clientEnd.closed, pair.serverEnd.closed])).toEqual([undefined, undefined]);
  });

  it('waits for its streams', async () => {
    await using pair = await sessionPair();
    const asked = follow(pair.clientEnd.session.request(request));
    const { http } = await pair.serverEnd.next();
    asked.http.resume();
    http.resume();
    pair.clientEnd.session.close();
    await new Promise(setImmediate);
    asked.http.end();
    http.sendHeaders(answer);
    http.write([Buffer.alloc(200_000)]);
    http.end();
    await asked.over;
    expect([asked.count(), asked.told]).toEqual([200_000, ['ended']]);
    expect(await pair.clientEnd.closed).toBeUndefined();
  });

  it('waits for streams that are not opened yet, unless they were given up', async () => {
    await using pair = await sessionPair({
      server: { settings: { initialWindowBytes: 65_535, maxConcurrentStreams: 1 } },
    });
    const [first, second, third] = [1, 2, 3].map(() => follow(pair.clientEnd.session.request(request)));
    if (!first || !second || !third) throw new Error('there are none');
    pair.clientEnd.session.close();
    third.http.reset(8);
    for (const { http } of [first, second]) http.resume();
    const opened = await pair.serverEnd.next();
    first.http.end();
    opened.http.sendHeaders(answer, true);
    const next = await pair.serverEnd.next();
    next.http.sendHeaders(answer, true);
    second.http.end();
    await pair.clientEnd.closed;
    expect([first.told, second.told, third.told]).toEqual([['ended'], ['ended'], []]);
    expect(pair.serverEnd.opened).toHaveLength(3); // with that of the first round trip
  });
});

describe('a session that is destroyed', () => {
  it('breaks its streams off, and those of the other side, each once', async () => {
    await using pair = await sessionPair({
      server: { settings: { initialWindowBytes: 65_535, maxConcurrentStreams: 1 } },
    });
    const asked = follow(pair.clientEnd.session.request(request));
    const waiting = follow(pair.clientEnd.session.request(request));
    const there = await pair.serverEnd.next();
    pair.clientEnd.session.destroy();
    await Promise.all([asked.over, waiting.over, there.over, pair.serverEnd.closed]);
    pair.clientEnd.session.destroy();
    expect([asked.told, waiting.told, there.told]).toEqual([['broken'], ['broken'], ['broken']]);
    expect(pair.serverEnd.opened).toHaveLength(2);
  });

  it('still brings to the other side what it had sent, though streams end after it', async () => {
    await using pair = await sessionPair({
      client: { settings: { initialWindowBytes: 2 ** 20 }, connectionWindowBytes: 2 ** 22 },
    });
    const asked = follow(pair.clientEnd.session.request(request));
    const { http } = await pair.serverEnd.next();
    pair.client.pause();
    http.sendHeaders(answer);
    http.write([Buffer.alloc(1_000_000, 7)]);
    await until(() => pair.server.writableLength > 0);
    const sent = 1_000_000 - http.unsentBytes;
    http.whenSent(() => undefined);
    pair.serverEnd.session.destroy();
    http.whenSent(() => undefined);
    pair.client.resume();
    await pair.clientEnd.closed;
    asked.http.resume();
    expect([asked.count(), asked.told]).toEqual([sent, ['broken']]);
  });

  it('opens nothing any more: what is asked for then breaks', async () => {
    await using pair = await sessionPair();
    pair.clientEnd.session.destroy();
    const late = follow(pair.clientEnd.session.request(request));
    late.http.write([Buffer.from('data')]);
    await late.over;
    expect(late.told).toEqual(['broken: the connection is over']);
    await pair.serverEnd.closed;
    expect(pair.serverEnd.opened).toHaveLength(1);
  });
});

describe('a connection that is lost', () => {
  it('has what arrived before read first, and breaks its streams then', async () => {
    await using pair = await sessionPair();
    const asked = follow(pair.clientEnd.session.request(request));
    const there = await pair.serverEnd.next();
    asked.http.write([Buffer.alloc(50_000)]);
    pair.client.end();
    expect(await pair.serverEnd.closed).toBeUndefined();
    expect([there.count(), there.told, there.http.isClosed]).toEqual([0, [], true]);
    there.http.resume();
    there.http.resume();
    expect([there.count(), there.told]).toEqual([50_000, ['broken']]);
  });

  it('has what arrived before read, though something is written to who has left', async () => {
    const sent = 150_000; // more than the socket hands over at once, less than the kernel keeps
    await using pair = await sessionPair({
      server: { settings: { initialWindowBytes: 2 ** 20 }, connectionWindowBytes: 2 ** 22 },
    });
    const asked = follow(pair.clientEnd.session.request(request));
    const there = await pair.serverEnd.next();
    there.http.resume();
    asked.http.write([Buffer.alloc(sent)]);
    expect(pair.client.writableLength).toBe(0);
    pair.client.destroy();
    there.http.sendHeaders(answer);
    there.http.write([Buffer.from('too late')]);
    await there.over;
    expect([there.count(), there.told, await pair.serverEnd.closed]).toEqual([sent, ['broken'], undefined]);
  });

  it('is told of by what it was lost for', async () => {
    await using pair = await sessionPair();
    const asked = follow(pair.clientEnd.session.request(request));
    await pair.serverEnd.next();
    pair.client.destroy(new Error('the cable'));
    expect(await pair.clientEnd.closed).toMatchObject({ message: 'the cable' });
    expect(asked.told).toEqual(['broken: the cable']);
  });

  it('is over only when everything was read, where its reader has no time', async () => {
    const resting: (() => void)[] = [];
    let frames = 0;
    await using pair = await sessionPair({
      server: {
        pace: {
          ...steadyPace,
          hasTime: () => frames < 20,
          spend: () => frames++,
          rest: (resume) => void resting.push(resume),
        },
      },
    });
    frames = 0;
    let isOver = false;
    void pair.serverEnd.closed.then(() => (isOver = true));
    const asked = Array.from({ length: 100 }, () => follow(pair.clientEnd.session.request(request)));
    await new Promise(setImmediate); // they leave at the end of the turn
    pair.client.end();
    for (let turn = 0; pair.serverEnd.opened.length < 1 + asked.length; turn++) {
      await until(() => resting.length > 0);
      for (let immediate = 0; immediate < 10; immediate++) await new Promise(setImmediate);
      expect(pair.serverEnd.opened.length).toBeLessThanOrEqual(1 + 20 * (turn + 1));
      expect(isOver).toBe(false);
      frames = 0;
      resting.shift()?.();
    }
    frames = 0;
    for (const resume of resting) resume();
    expect(await pair.serverEnd.closed).toBeUndefined();
    expect(pair.serverEnd.opened.slice(1).map(({ told }) => told)).toEqual(asked.map(() => ['broken']));
  });
});

describe('a reader without time', () => {
  it('leaves what comes to the kernel, and goes on where it was', async () => {
    let hasTime = true;
    const resting: (() => void)[] = [];
    await using pair = await sessionPair({
      server: {
        settings: { initialWindowBytes: 2 ** 22 },
        connectionWindowBytes: 2 ** 23,
        streamWindowBytes: () => 2 ** 22,
        pace: { hasTime: () => hasTime, spend: () => undefined, rest: (resume) => void resting.push(resume) },
      },
    });
    const asked = follow(pair.clientEnd.session.request(request));
    const there = await pair.serverEnd.next();
    there.http.resume();
    hasTime = false;
    asked.http.write([Buffer.alloc(4_000_000, 5)]);
    asked.http.end();
    await until(() => resting.length > 0);
    const { length } = there.bytes();
    for (let immediate = 0; immediate < 100; immediate++) await new Promise(setImmediate);
    expect([there.count(), pair.server.isPaused()]).toEqual([length, true]);
    expect(asked.http.unsentBytes).toBeGreaterThan(2_000_000);
    hasTime = true;
    for (const resume of resting.splice(0)) resume();
    await there.over;
    expect(there.bytes().equals(Buffer.alloc(4_000_000, 5))).toBe(true);
    there.http.sendHeaders(answer, true);
    asked.http.resume();
    await roundTrip(pair);
  });
});
