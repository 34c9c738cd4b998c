import { performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import { status } from '@grpc/grpc-js';
import type { MessageLimits } from '@stellaops/plugin-abstractions/hosting';
import { ChannelBroker, meetingTimeoutMs } from './channel-broker.ts';
import type { Connection, HostFrame, RunnerFrame } from './connection.ts';
import {
  HostMessage,
  ItemBatch,
  PluginHostServiceService,
  RunnerMessage,
} from './gen/stellaops/plugin/v1/plugin.ts';
import { GrpcConnection } from './grpc-connection.ts';
import { GrpcItemChannel } from './grpc-item-channel.ts';
import { brokenHttp, ProtocolViolation } from './protocol-violation.ts';
import { responseHeaders, ServerStream, type ReceiveBounds, type StreamCodec } from './server-stream.ts';
import { receiveBounds, sessionOptions } from './session-bounds.ts';

const attachCodec: StreamCodec<HostMessage, RunnerMessage> = {
  encode: (message) => HostMessage.encode(message),
  decode: (bytes) => RunnerMessage.decode(bytes),
};

/** The socket of one sandbox. */
export interface RunnerListener extends AsyncDisposable {
  /** The one connection that is accepted. One that fails before it attached is closed already. */
  readonly connected: Promise<Connection<HostFrame, RunnerFrame>>;
}

/**
 * Listens on a Unix socket for the runner of one sandbox, and no more as soon as it dialled: the kernel refuses every other
 * connection. Rejects when the path cannot be bound (it may be too long: unix(7), 107 bytes).
 */
export async function listenForRunner(socketPath: string, limits: MessageLimits): Promise<RunnerListener> {
  const accepted = Promise.withResolvers<RunnerPeer>();
  let peer: RunnerPeer | undefined;
  const server = createServer((socket) => {
    server.close();
    if (peer) return void socket.destroy();
    peer = new RunnerPeer(socket, limits);
    accepted.resolve(peer);
  });
  const bound = Promise.withResolvers<void>();
  server.once('error', bound.reject);
  server.listen(socketPath, bound.resolve);
  await bound.promise;
  return {
    connected: accepted.promise.then(({ attached }) => attached),
    [Symbol.asyncDispose]: () => {
      server.close();
      peer?.end();
      return Promise.resolve();
    },
  };
}

/** The one connection of a sandbox: HTTP/2, and on it the streams of the service. What the other side does there is outside data. */
class RunnerPeer {
  readonly #session: ServerHttp2Session;
  readonly #bounds: ReceiveBounds;
  readonly #broker: ChannelBroker;
  readonly #attached = Promise.withResolvers<Connection<HostFrame, RunnerFrame>>();
  #attach: ServerStream<HostMessage, RunnerMessage> | undefined;

  constructor(socket: Socket, limits: MessageLimits) {
    this.#bounds = receiveBounds(limits);
    this.#broker = new ChannelBroker(limits.maxCallsInFlight);
    this.#session = performServerHandshake(socket, sessionOptions(limits));
    this.#session.on('stream', (stream, headers) => this.#route(stream, headers));
    this.#session.on('error', (error) => this.end(brokenHttp(error)));
  }

  get attached(): Promise<Connection<HostFrame, RunnerFrame>> {
    return this.#attached.promise;
  }

  /** Ends the connection, because of an error if there is one. */
  end(error?: Error): void {
    if (this.#attach) this.#attach.destroy(error);
    else if (error) this.#attached.resolve(closedConnection(error));
    this.#session.destroy();
  }

  #route(stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>): void {
    const encoding = headers['grpc-encoding'] ?? 'identity';
    if (encoding !== 'identity')
      return refuse(stream, status.UNIMPLEMENTED, 'compressed messages are not taken');
    switch (headers[':path']) {
      case PluginHostServiceService.attach.path:
        return this.#acceptAttach(stream);
      case PluginHostServiceService.transfer.path:
        return void this.#acceptTransfer(stream);
      default:
        return refuse(stream, status.UNIMPLEMENTED, 'the host has no such method');
    }
  }

  #acceptAttach(stream: ServerHttp2Stream): void {
    if (this.#attach) return refuse(stream, status.ALREADY_EXISTS, 'this sandbox has its runner');
    this.#attach = this.#open(stream, attachCodec);
    this.#attached.resolve(
      new GrpcConnection<HostFrame, RunnerFrame>(this.#attach, 'host', (call, signal) =>
        this.#broker.take(call, signal),
      ),
    );
  }

  #open<Outgoing, Incoming>(
    stream: ServerHttp2Stream,
    codec: StreamCodec<Outgoing, Incoming>,
  ): ServerStream<Outgoing, Incoming> {
    const opened = new ServerStream(stream, codec, this.#bounds);
    opened.on('error', (error) => {
      if (error instanceof ProtocolViolation) this.end(error);
    });
    return opened;
  }

  async #acceptTransfer(stream: ServerHttp2Stream): Promise<void> {
    const transfer = this.#open<ItemBatch, ItemBatch>(stream, ItemBatch);
    const channel = new GrpcItemChannel(transfer);
    const timer = setTimeout(() => channel.close(), meetingTimeoutMs).unref();
    const first = await channel.take().catch(() => undefined);
    clearTimeout(timer);
    if (first?.$case !== 'opening' || !this.#broker.offer(first.value, channel))
      transfer.refuse(status.FAILED_PRECONDITION, 'no call awaits this stream');
  }
}

function refuse(stream: ServerHttp2Stream, code: status, details: string): void {
  stream.on('error', () => undefined); // it is refused already
  stream.resume();
  stream.respond(
    { ...responseHeaders, 'grpc-status': String(code), 'grpc-message': encodeURI(details) },
    { endStream: true },
  );
}

function closedConnection(error: Error): Connection<HostFrame, RunnerFrame> {
  return {
    send: () => undefined,
    receive: () => undefined,
    channel: () => Promise.reject(error),
    close: () => undefined,
    closed: Promise.resolve(error),
  };
}
