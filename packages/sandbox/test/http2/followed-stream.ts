import type { HeaderField } from '../../src/http2/hpack/header-field.ts';
import type { Http2Stream } from '../../src/http2/http2-stream.ts';

/** A stream, and what its receiver was told. It stays paused. */
export interface FollowedStream {
  readonly http: Http2Stream;
  /** Headers and trailers of an answer, one after the other. */
  readonly fields: readonly (readonly HeaderField[])[];
  /** What arrived so far. */
  readonly bytes: () => Buffer;
  /** How many bytes arrived so far. */
  readonly count: () => number;
  /** How it ended: one line for each time that its receiver was told. */
  readonly told: readonly string[];
  /** Resolves when its receiver was told. */
  readonly over: Promise<void>;
}

/** Follows a stream. `heard` is called after each piece of data. */
export function follow(http: Http2Stream, heard: () => void = () => undefined): FollowedStream {
  const fields: (readonly HeaderField[])[] = [];
  const chunks: Buffer[] = [];
  const told: string[] = [];
  const { promise: over, resolve } = Promise.withResolvers<void>();
  let count = 0;
  const tell = (line: string): void => {
    told.push(line);
    resolve();
  };
  http.deliverTo({
    headers: (list) => void fields.push(list),
    data: (bytes) => {
      chunks.push(bytes);
      count += bytes.length;
      heard();
      return false;
    },
    ended: () => tell('ended'),
    broken: (error) => tell(error ? `broken: ${error.message}` : 'broken'),
    sent: () => undefined,
  });
  return { http, fields, bytes: () => Buffer.concat(chunks), count: () => count, told, over };
}
