import { describe, expect, it } from '@jest/globals';
import { prove } from './prove.ts';
import { frameType as type, headerBlock, http2Frame, opening, type RawConnection } from './raw-http2.ts';
import { data, endHeaders, endStream, greeted, headers, reset, trailer } from './rule-frames.ts';
import { openWireHost } from './wire-host.ts';

const almostAll = Buffer.from([0x7f, 255, 255, 255]);

describe('a runner that does on one stream what makes no sense', () => {
  const pseudo = { method: 0x83, http: 0x86, path: Buffer.from([0x04, 1, 47]) };

  it.each<[string, Uint8Array]>([
    ['no method', Buffer.concat([Buffer.from([pseudo.http]), pseudo.path])],
    ['no path', Buffer.from([pseudo.method, pseudo.http])],
    ['no scheme', Buffer.concat([Buffer.from([pseudo.method]), pseudo.path])],
    ['two methods', Buffer.concat([Buffer.from([pseudo.method, pseudo.method]), pseudo.path])],
    ['a status', Buffer.concat([Buffer.from([pseudo.method, 0x88]), pseudo.path])],
    ['capitals', headerBlock('Transfer', { Large: '' })],
    ['nothing', Buffer.alloc(0)],
    ['a NUL in a value', headerBlock('Transfer', { large: 'a\0b' })],
    ['a line break in a value', headerBlock('Transfer', { large: 'a\r\nb' })],
    ['a space before a value', headerBlock('Transfer', { large: ' a' })],
    ['a header of its connection', headerBlock('Transfer', { 'transfer-encoding': 'chunked' })],
  ])('has that one reset, and goes on: a request with %s', async (_, block) => {
    await using host = await openWireHost();
    using connection = await greeted(host);
    const heard = answersOf(connection);
    await connection.write(headers(3, endHeaders, block));
    await connection.write(opening(5, 'Transfer'));
    await prove(host, connection);
    const protocolError = reset(3, 1);
    while (!heard().includes(protocolError)) await new Promise(setImmediate);
    expect(heard().includes(reset(5, 1))).toBe(false);
  });

  it.each<[string, Buffer]>([
    ['data', data(3)],
    ['its end', data(3, endStream)],
    ['trailers', headers(3, endStream | endHeaders, trailer)],
    ['headers', headers(3, endHeaders, headerBlock('Transfer'))],
    ['a window', http2Frame(type.windowUpdate, 0, 3, almostAll)],
    ['another reset', reset(3, 2)],
  ])('is not heeded on what was reset before: %s', async (_, frame) => {
    await using host = await openWireHost();
    using connection = await greeted(host);
    await connection.write(Buffer.concat([opening(3, 'Transfer'), reset(3, 8), frame, frame]));
    await prove(host, connection);
    await connection.write(opening(5, 'Transfer'));
    await prove(host, connection);
    expect(host.written).toHaveLength(2);
  });

  it('is not heeded on a number that it passed over', async () => {
    await using host = await openWireHost();
    using connection = await greeted(host);
    await connection.write(Buffer.concat([opening(9, 'Transfer'), opening(5, 'Transfer'), data(7)]));
    await prove(host, connection);
    expect(host.written).toHaveLength(1);
  });

  function answersOf({ socket }: RawConnection): () => Buffer {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
    return () => Buffer.concat(chunks);
  }
});
