import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import type { HostFrame, Item, RunnerFrame } from '../../src/wire/connection.ts';
import { HostMessage, ItemBatch, RunnerMessage } from '../../src/wire/gen/stellaops/plugin/v1/plugin.ts';

/** The prefix of a gRPC message. */
export function prefix(length: number, flag = 0): Buffer {
  const bytes = Buffer.alloc(5, flag);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

/** A gRPC message of these bytes. */
export function framed(body: Uint8Array, flag = 0): Buffer {
  return Buffer.concat([prefix(body.length, flag), body]);
}

/** Frames in one message, as a runner would send them. */
export function message(...frames: readonly RunnerFrame[]): Buffer {
  return framed(RunnerMessage.encode({ frames: frames.map((frame) => ({ frame })) }).finish());
}

/** Items in one message. */
export function batch(...items: readonly Item[]): Buffer {
  return framed(ItemBatch.encode({ items: items.map((item) => ({ item })) }).finish());
}

/** What gRPC says at the end of a stream. */
export interface StreamEnd {
  readonly status: string;
  readonly details: string;
}

/** One stream of a hostile runner: bytes go out as they are. */
export class RawStream {
  readonly http: ClientHttp2Stream;
  /** Resolves when the stream is closed, with the status it was closed with; both texts are empty when there was none. */
  readonly ended: Promise<StreamEnd>;
  #chunks: Buffer[] = [];
  #arrived = Buffer.alloc(0);
  #wake = Promise.withResolvers<void>();
  readonly #frames: (HostFrame | undefined)[] = [];

  constructor(http: ClientHttp2Stream) {
    this.http = http;
    let said: IncomingHttpHeaders = {};
    http.on('response', (headers) => (said = { ...said, ...headers }));
    http.on('trailers', (headers) => (said = { ...said, ...headers }));
    http.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#wake.resolve();
    });
    http.on('end', () => http.end());
    http.on('close', () => this.#wake.resolve());
    http.on('error', () => undefined); // the status tells
    const closed = new Promise((resolve) => http.once('close', resolve));
    this.ended = closed.then(() => ({
      status: String(said['grpc-status'] ?? ''),
      details: decodeURI(String(said['grpc-message'] ?? '')),
    }));
  }

  send(bytes: Uint8Array): void {
    if (!this.http.destroyed) this.http.write(bytes);
  }

  say(...frames: readonly RunnerFrame[]): void {
    this.send(message(...frames));
  }

  /** The next frame of this kind; others before it are passed over. Rejects when the stream ends first. */
  async heard<Case extends HostFrame['$case']>(kind: Case): Promise<Extract<HostFrame, { $case: Case }>> {
    for (;;) {
      const body = await this.#next();
      for (const { frame } of HostMessage.decode(body).frames) this.#frames.push(frame);
      for (let frame = this.#frames.shift(); frame; frame = this.#frames.shift())
        if (isOf(frame, kind)) return frame;
    }
  }

  /** The items of the next message of a Transfer. */
  async items(): Promise<readonly (Item | undefined)[]> {
    return ItemBatch.decode(await this.#next()).items.map(({ item }) => item);
  }

  /** The next message; an empty one where frames of the last are still to be read. */
  async #next(): Promise<Uint8Array> {
    if (this.#frames.length > 0) return new Uint8Array();
    for (;;) {
      const length = this.#arrived.length < 5 ? Infinity : this.#arrived.readUInt32BE(1) + 5;
      if (this.#arrived.length >= length) {
        const body = this.#arrived.subarray(5, length);
        this.#arrived = this.#arrived.subarray(length);
        return body;
      }
      if (this.#chunks.length > 0) {
        this.#arrived = Buffer.concat([this.#arrived, ...this.#chunks.splice(0, 64)]); // the rest later: copying is slow
        continue;
      }
      if (this.http.destroyed) throw new Error('the host has ended the stream');
      this.#wake = Promise.withResolvers();
      await this.#wake.promise;
    }
  }
}

function isOf<Case extends HostFrame['$case']>(
  frame: HostFrame,
  kind: Case,
): frame is Extract<HostFrame, { $case: Case }> {
  return frame.$case === kind;
}
