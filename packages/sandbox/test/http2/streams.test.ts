import { describe, expect, it } from '@jest/globals';
import { errorCode } from '../../src/http2/error-code.ts';
import { follow } from './followed-stream.ts';
import {
  answer,
  openStream,
  request,
  roundTrip,
  sessionPair,
  trailers,
  until,
  type SessionPair,
} from './session-pair.ts';

describe('a stream of HTTP/2', () => {
  it('carries a request, its answer, and what that ends with', async () => {
    await using pair = await sessionPair();
    const { here, there } = await openStream(pair);
    expect(there.request).toEqual(request);
    here.http.resume();
    there.http.resume();
    here.http.write([Buffer.from('ask'), Buffer.from('ed')]);
    here.http.end();
    await there.over;
    expect(String(there.bytes())).toBe('asked');
    there.http.sendHeaders(answer);
    there.http.write([Buffer.from('answered')]);
    there.http.end(trailers);
    await here.over;
    expect(String(here.bytes())).toBe('answered');
    expect(here.fields).toEqual([answer, trailers]);
    expect([here.told, there.told]).toEqual([['ended'], ['ended']]);
    expect([here.http.isClosed, there.http.isClosed]).toEqual([true, true]);
  });

  it('is closed when both directions have ended, and not before', async () => {
    await using pair = await sessionPair();
    const { here, there } = await openStream(pair);
    here.http.end();
    await there.over;
    expect([here.http.isClosed, there.http.isClosed]).toEqual([false, false]);
    there.http.sendHeaders(answer);
    there.http.end();
    expect(there.http.isClosed).toBe(true);
    await here.over;
    expect(here.http.isClosed).toBe(true);
  });

  it('tells whoever takes it after its end', async () => {
    await using pair = await sessionPair();
    const { here, there } = await openStream(pair);
    here.http.write([Buffer.from('data')]);
    here.http.end();
    await roundTrip(pair);
    expect(there.told).toEqual([]);
    const late = follow(there.http);
    there.http.resume();
    expect([String(late.bytes()), late.told]).toEqual(['data', ['ended']]);
  });

  it('has its end told once, and what waits is read before', async () => {
    await using pair = await sessionPair();
    const { here, there } = await openStream(pair);
    here.http.write([Buffer.from('data')]);
    here.http.end();
    await roundTrip(pair);
    for (let time = 0; time < 3; time++) {
      there.http.resume();
      there.http.pause();
    }
    here.http.reset(errorCode.cancel);
    await until(() => there.http.isClosed);
    there.http.resume();
    expect([String(there.bytes()), there.told]).toEqual(['data', ['ended']]);
  });

  it('takes nothing more to send once it was ended', async () => {
    await using pair = await sessionPair();
    const { here, there } = await openStream(pair);
    there.http.resume();
    here.http.write([Buffer.from('data')]);
    here.http.end();
    here.http.write([Buffer.from(' and more')]);
    here.http.end(trailers);
    await there.over;
    await roundTrip(pair);
    expect([String(there.bytes()), there.told]).toEqual(['data', ['ended']]);
  });
});

describe('a stream that is reset', () => {
  it.each([
    [errorCode.cancel, 'broken'],
    [errorCode.noError, 'broken'],
    [errorCode.internalError, 'broken: it reset a stream: INTERNAL_ERROR'],
    [errorCode.refusedStream, 'broken: it reset a stream: REFUSED_STREAM'],
  ])('breaks at the other side, once, with what it was reset for: code %i', async (code, told) => {
    await using pair = await sessionPair();
    const { here, there } = await openStream(pair);
    here.http.reset(code);
    here.http.reset(code);
    await there.over;
    await roundTrip(pair);
    there.http.resume();
    expect([here.told, there.told]).toEqual([[], [told]]);
    expect([here.http.isClosed, there.http.isClosed]).toEqual([true, true]);
  });

  it('is read to where it was given up', async () => {
    await using pair = await sessionPair();
    const { here, there } = await openStream(pair);
    here.http.write([Buffer.from('data')]);
    here.http.reset(errorCode.cancel);
    await until(() => there.http.isClosed);
    expect(there.told).toEqual([]);
    there.http.resume();
    expect([String(there.bytes()), there.told]).toEqual(['data', ['broken']]);
  });

  it('is not read any more when it was reset for an error', async () => {
    await using pair = await sessionPair();
    const { here, there } = await openStream(pair);
    here.http.write([Buffer.from('data')]);
    here.http.reset(errorCode.internalError);
    await there.over;
    there.http.resume();
    expect([there.count(), there.told]).toEqual([0, ['broken: it reset a stream: INTERNAL_ERROR']]);
  });

  it.each<[string, string, (pair: SessionPair) => Promise<string>]>([
    [
      'after the other side had ended',
      'ended,broken',
      async (pair) => {
        const { here, there } = await openStream(pair);
        here.http.resume();
        there.http.sendHeaders(answer, true);
        await here.over;
        here.http.reset(errorCode.cancel);
        await there.over;
        return [...here.told, ...there.told].join();
      },
    ],
    [
      'after it was ended itself',
      'ended',
      async (pair) => {
        const { here, there } = await openStream(pair);
        there.http.resume();
        here.http.end();
        await there.over;
        here.http.reset(errorCode.cancel);
        await until(() => there.http.isClosed);
        return [...here.told, ...there.told].join();
      },
    ],
    [
      'while the other side resets it too',
      '',
      async (pair) => {
        const { here, there } = await openStream(pair);
        here.http.reset(errorCode.cancel);
        there.http.reset(errorCode.cancel);
        return [...here.told, ...there.told].join();
      },
    ],
    [
      'while the other side sends on it',
      'broken,0,0',
      async (pair) => {
        const { here, there } = await openStream(pair);
        there.http.sendHeaders(answer);
        there.http.write([Buffer.alloc(300_000)]);
        await roundTrip(pair);
        here.http.reset(errorCode.cancel);
        here.http.resume();
        await there.over;
        return [...here.told, ...there.told, here.count(), there.http.unsentBytes].join();
      },
    ],
  ])('ends with it, and the connection goes on: %s', async (_, told, play) => {
    await using pair = await sessionPair();
    expect(await play(pair)).toBe(told);
    await roundTrip(pair);
  });

  it('hands nothing over any more when that happens within what it hands over', async () => {
    await using pair = await sessionPair();
    const { here, there } = await openStream(pair);
    const late = follow(there.http, () => there.http.reset(errorCode.cancel));
    here.http.write([Buffer.alloc(5000)]);
    here.http.write([Buffer.alloc(5000)]);
    here.http.end();
    await roundTrip(pair);
    there.http.resume();
    there.http.resume();
    expect([late.count() < 10_000, late.told]).toEqual([true, []]);
  });

  it('forgets what waits, also when it was given up by the other side before', async () => {
    await using pair = await sessionPair();
    const { here, there } = await openStream(pair);
    here.http.write([Buffer.from('data')]);
    here.http.reset(errorCode.cancel);
    await until(() => there.http.isClosed);
    there.http.reset(errorCode.cancel);
    there.http.resume();
    expect([there.count(), there.told]).toEqual([0, []]);
  });
});
