import { mkdtemp, rm } from 'node:fs/promises';
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { HostFrame, Item } from '../../src/wire/connection.ts';
import { HostMessage } from '../../src/wire/gen/stellaops/plugin/v1/plugin.ts';
import { batch, framed } from '../hostile-wire/raw-stream.ts';
import { byteChanges, changed, type ByteChanges } from './byte-changes.ts';
import { items } from './frame-parts.ts';
import { greeting, hostFrames } from './host-frames.ts';
import { protobufBytes } from './protobuf-bytes.ts';

/** One thing that a host says on Attach. */
type Saying =
  | { readonly frames: readonly HostFrame[]; readonly changes: ByteChanges }
  | { readonly bytes: Uint8Array; readonly isFramed: boolean };

/** What a host says to a runner: on Attach, and to whatever stream the runner opens. */
export interface HostScript {
  readonly greets: boolean;
  readonly sayings: readonly Saying[];
  readonly items: readonly Item[];
  readonly itemChanges: ByteChanges;
  readonly end: 'leave' | 'end' | 'reset';
}

export const hostScripts: fc.Arbitrary<HostScript> = fc.record({
  greets: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
  sayings: fc.array(
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          frames: fc.array(hostFrames, { minLength: 1, maxLength: 6 }),
          changes: byteChanges,
        }),
      },
      fc.record({
        bytes: fc.oneof(protobufBytes, fc.uint8Array({ maxLength: 64 })),
        isFramed: fc.boolean(),
      }),
    ),
    { minLength: 1, maxLength: 10 },
  ),
  items: fc.array(items, { maxLength: 4 }),
  itemChanges: byteChanges,
  end: fc.constantFrom('leave', 'end', 'reset'),
});

/** A host that says what its script has to the runner that dials, and is gone when it is disposed. */
export class HostileHost implements AsyncDisposable {
  readonly path: string;
  readonly #directory: string;
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #played = Promise.withResolvers<void>();

  private constructor(directory: string, script: HostScript) {
    this.#directory = directory;
    this.path = join(directory, 's');
    this.#server = createServer();
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('error', () => undefined);
      session.on('close', this.#played.resolve);
    });
    this.#server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      stream.on('error', () => undefined);
      stream.resume();
      stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' });
      if (headers[':path']?.endsWith('Attach') === true) void this.#play(stream, script);
      else if (script.items.length > 0)
        stream.write(framed(changed(batch(...script.items).subarray(5), script.itemChanges)));
    });
  }

  /** Listens. */
  static async open(script: HostScript): Promise<HostileHost> {
    const host = new HostileHost(await mkdtemp(join(tmpdir(), 'stella-hostile-')), script);
    await new Promise<void>((resolve) => host.#server.listen(host.path, resolve));
    return host;
  }

  /** Resolves when all was said, or the runner has left. */
  get played(): Promise<void> {
    return this.#played.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    this.#server.close();
    await rm(this.#directory, { recursive: true });
  }

  async #play(stream: ServerHttp2Stream, { greets, sayings, end }: HostScript): Promise<void> {
    if (greets) stream.write(framed(HostMessage.encode({ frames: [{ frame: greeting }] }).finish()));
    for (const saying of sayings) {
      if (!stream.destroyed) stream.write(bytesOf(saying));
      await new Promise(setImmediate);
    }
    if (end === 'end') stream.end();
    else if (end === 'reset') stream.close(8);
    stream.session?.ping(() => this.#played.resolve());
    if (stream.destroyed) this.#played.resolve();
  }
}

function bytesOf(saying: Saying): Buffer {
  if ('bytes' in saying) return saying.isFramed ? framed(saying.bytes) : Buffer.from(saying.bytes);
  const frames = saying.frames.map((frame) => ({ frame }));
  return framed(changed(HostMessage.encode({ frames }).finish(), saying.changes));
}
