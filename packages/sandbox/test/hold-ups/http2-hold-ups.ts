import { frameType as type, headerBlock, http2Frame, RawConnection } from '../hostile-wire/raw-http2.ts';
import { framed } from '../hostile-wire/raw-stream.ts';
import type { HoldUp } from './hold-up.ts';

const frameCount = 300_000;
const mark = Buffer.from('the last');
const maxPayload = 16 * 1024;
const continuations = 8;
const endHeaders = 4;

/** Bytes of HTTP/2, on a connection that has said hello. Resolves when the host has read them all. */
const written =
  (bytes: Buffer): HoldUp =>
  async (path) => {
    using connection = await RawConnection.greet(path);
    const answered = new Promise<void>((resolve) => {
      connection.socket.on('data', (chunk: Buffer) => chunk.includes(mark) && resolve());
    });
    await connection.write(Buffer.concat([bytes, http2Frame(type.ping, 0, 0, mark)]));
    await Promise.race([answered, connection.closed]);
  };

/** A message of empty entries, a byte in a frame. */
const bytesOfData = Array.from(framed(Buffer.alloc(frameCount, Buffer.from([0x0a, 0]))), (byte) =>
  http2Frame(type.data, 0, 1, Buffer.from([byte])),
);
const grown = Buffer.from([0, 0, 0, 1]);

/** Lists of headers as long as one may be, which begin with this and go on with one byte. */
function headers(begin: Buffer, byte: number, lists: number): Buffer {
  const frames: Buffer[] = [];
  for (let list = 0; list < lists; list++) {
    const stream = 3 + 2 * list;
    const rest = Buffer.alloc(maxPayload, byte);
    frames.push(http2Frame(type.headers, 0, stream, begin));
    for (let count = 1; count <= continuations; count++)
      frames.push(http2Frame(type.continuation, count === continuations ? endHeaders : 0, stream, rest));
  }
  return Buffer.concat(frames);
}

/** A header of 4000 bytes that is kept in the table (RFC 7541, 6.2.1), where 62 is its number. */
const kept = Buffer.concat([
  Buffer.from([0x40, 1, 0x78, 0x7f, 0xa1, 0x1e]),
  Buffer.alloc(4000, 'y'),
  headerBlock('Transfer'),
]);
/** A value in Huffman code that takes up all that follows: each five bits that are 0 are a character (RFC 7541, 5.2 and B). */
const coded = Buffer.from([0, 1, 0x78, 0xff, 0x81, 0xff, 0x07]);

/** What frames alone can cost, whatever is in them. */
export const http2HoldUps: Readonly<Record<string, HoldUp>> = {
  'frames of a byte': written(Buffer.concat(bytesOfData)),
  'windows that grow by a byte': written(
    Buffer.alloc(frameCount * 13, http2Frame(type.windowUpdate, 0, 0, grown)),
  ),
  'headers in Huffman code': written(headers(coded, 0, 200)),
  'headers that all refer to one': written(headers(kept, 0xbe, 200)),
};
