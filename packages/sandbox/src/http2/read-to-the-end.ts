import type { Socket } from 'node:net';

type Chunks = Parameters<NonNullable<Socket['_writev']>>[0];
type Written = (error?: Error | null) => void;

/** What the kernel says of a socket whose other side has left: that it reads no more, or had not read everything (unix(7), write(2)). */
const gone: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET']);

/** Whether a socket failed because its other side has left. */
export function hasLeft(error: NodeJS.ErrnoException): boolean {
  return gone.has(error.code);
}

/**
 * Has what is written to somebody who has left be lost in silence. A socket is destroyed by a write that fails, and with it what had
 * arrived and was not read: so that one has left is seen by reading alone, which comes to it last.
 */
export function readToTheEnd(socket: Socket): void {
  // What a Writable is implemented by, by the documentation of `node:stream`.
  const write = socket['_write'].bind(socket);
  const writeAll = socket['_writev']?.bind(socket);
  Object.assign(socket, {
    _write: (chunk: unknown, encoding: BufferEncoding, written: Written) =>
      write(chunk, encoding, unlessLeft(written)),
    _writev: writeAll && ((chunks: Chunks, written: Written) => writeAll(chunks, unlessLeft(written))),
  });
}

function unlessLeft(written: Written): Written {
  return (error) => written(error && hasLeft(error) ? undefined : error);
}
