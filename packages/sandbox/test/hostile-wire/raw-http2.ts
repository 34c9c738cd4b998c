import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { hello } from './hostile-runner.ts';
import { message } from './raw-stream.ts';

/** Types of HTTP/2 frames (RFC 9113, 6). */
export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

const endHeaders = 4;
const service = '/stellaops.plugin.v1.PluginHostService/';

/** One HTTP/2 frame. */
export function http2Frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** The headers that open a stream of the service, by HPACK (RFC 7541) without a table and without Huffman. */
export function headerBlock(method: string, more: Readonly<Record<string, string>> = {}): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  const literal = (name: string, value: string): Buffer =>
    Buffer.concat([Buffer.from([0]), text(name), text(value)]);
  return Buffer.concat([
    Buffer.from([0x83, 0x86, 0x01]), // POST, http; :authority follows
    text('localhost'),
    Buffer.from([0x04]), // :path follows
    text(service + method),
    literal('content-type', 'application/grpc+proto'),
    literal('te', 'trailers'),
    ...Object.entries(more).map(([name, value]) => literal(name, value)),
  ]);
}

/** Opens a stream. */
export function opening(stream: number, method: string): Buffer {
  return http2Frame(frameType.headers, endHeaders, stream, headerBlock(method));
}

/** A runner that writes HTTP/2 by hand. */
export class RawConnection implements Disposable {
  readonly socket: Socket;
  /** Resolves when the socket is closed. */
  readonly closed: Promise<unknown>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined); // that it was closed is what counts
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  /** Connects, and says nothing. */
  static async dial(path: string): Promise<RawConnection> {
    const socket = connect(path);
    const connection = new RawConnection(socket);
    await once(socket, 'connect');
    return connection;
  }

  /** Connects, attaches on stream 1 and says hello; reads and drops what the host says from then on. */
  static async greet(path: string): Promise<RawConnection> {
    const connection = await RawConnection.dial(path);
    const { socket } = connection;
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    socket.write(http2Frame(frameType.settings, 0, 0));
    socket.write(opening(1, 'Attach'));
    socket.write(http2Frame(frameType.data, 0, 1, message({ $case: 'hello', value: hello })));
    socket.resume();
    return connection;
  }

  /** Writes, and waits until the kernel has it, or the host hung up. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.socket.destroyed) return;
    if (!this.socket.write(bytes))
      await Promise.race([new Promise((resolve) => this.socket.once('drain', resolve)), this.closed]);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
