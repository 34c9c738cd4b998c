import { describe, expect, it } from '@jest/globals';
import type { HeaderField } from '../../src/http2/hpack/header-field.ts';
import { writeHeaders } from '../../src/http2/hpack/header-writer.ts';
import { frameType as type, http2Frame } from '../hostile-wire/raw-http2.ts';
import { follow } from './followed-stream.ts';
import { answer, clientOn, request, socketPair, trailers } from './session-pair.ts';

const endStream = 1;
const endHeaders = 4;
const headers = (flags: number, fields: readonly HeaderField[]): Buffer =>
  http2Frame(type.headers, flags | endHeaders, 1, writeHeaders(fields));

/** What becomes of a client of ours, and of its stream, when a server by hand sends this. */
async function hear(...frames: readonly Buffer[]) {
  const sockets = await socketPair();
  await using _ = sockets;
  const client = clientOn(sockets.client);
  const asked = follow(client.session.request(request));
  asked.http.resume();
  asked.http.end();
  sockets.server.resume();
  sockets.server.end(Buffer.concat([http2Frame(type.settings, 0, 0), ...frames]));
  const [closed] = await Promise.all([client.closed, asked.over]);
  return { closed: closed?.message, told: asked.told, fields: asked.fields };
}

describe('a server', () => {
  it('may begin an answer more than once, and ends it with trailers', async () => {
    const { told, fields } = await hear(
      headers(0, [[':status', '103']]),
      headers(0, answer),
      headers(endStream, trailers),
    );
    expect([told, fields]).toEqual([['ended'], [[[':status', '103']], answer, trailers]]);
  });

  it.each<[string, readonly HeaderField[]]>([
    ['no status', [['a', 'b']]],
    ['a line break', [...answer, ['a', 'b\r\nc: d']]],
    ['what belongs to a request', [...answer, [':path', '/']]],
  ])('has a stream broken off by an answer with %s', async (_, fields) => {
    expect((await hear(headers(0, fields))).told).toEqual([
      'broken: it sent headers that can neither begin an answer nor end one',
    ]);
  });

  it('may not say that it takes streams that a server opens', async () => {
    const takesPush = Buffer.from([0, 2, 0, 0, 0, 1]);
    expect((await hear(http2Frame(type.settings, 0, 0, takesPush))).closed).toBe(
      'it said that it takes streams that a server opens, and is one',
    );
  });

  it('is told of by its name for what it resets a stream with', async () => {
    const http11Required = http2Frame(type.resetStream, 0, 1, Buffer.from([0, 0, 0, 13]));
    expect((await hear(http11Required)).told).toEqual(['broken: it reset a stream: HTTP_1_1_REQUIRED']);
  });
});
