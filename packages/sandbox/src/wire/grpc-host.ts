import { performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import type { MessageLimits } from '@stellaops/plugin-abstractions/hosting';
import { ChannelBroker, meetingTimeoutMs } from './channel-broker.ts';
import type { Connection, HostFrame, Item, RunnerFrame } from './connection.ts';
import { hostFrames, items, runnerFrames, type EntryCodec } from './frame-codec.ts';
import { GrpcConnection } from './grpc-connection.ts';
import { GrpcItemChannel } from './grpc-item-channel.ts';
import { accept, paths, refuse, status, statusTrailers } from './grpc-protocol.ts';
import { MessageStream } from './message-stream.ts';
import { brokenHttp } from './protocol-violation.ts';
import {
  connectionWindowBytes,
  hostSessionOptions,
  receiveBounds,
  type ReceiveBounds,
} from './session-bounds.ts';
import { StreamWindows } from './stream-windows.ts';
import { Traffic } from './traffic.ts';

/** How long the socket of a connection that was ended stays for what its runner has not read. */
const hangUpTimeoutMs = 1000;

/** The socket of one sandbox. */
export interface RunnerListener extends AsyncDisposable {
  /** Resolves when somebody has dialled, which only a program that runs does. */
  readonly dialled: Promise<void>;
  /** The one connection that is accepted. One that fails before it attached is closed already. */
  readonly connected: Promise<Connection<HostFrame, RunnerFrame>>;
  /** What went over it so far. */
  readonly traffic: Readonly<Traffic>;
}

/**
 * Listens on a Unix socket for the runner of one sandbox, and no more as soon as it dialled: the kernel refuses every other
 * connection. Rejects when the path cannot be bound (it may be too long: unix(7), 107 bytes).
 */
export async function listenForRunner(socketPath: string, limits: MessageLimits): Promise<RunnerListener> {
  const accepted = Promise.withResolvers<RunnerPeer>();
  const traffic = new Traffic();
  let peer: RunnerPeer | undefined;
  const server = createServer((socket) => {
    server.close();
    if (peer) return void socket.destroy();
    peer = new RunnerPeer(socket, limits, traffic);
    accepted.resolve(peer);
  });
  const bound = Promise.withResolvers<void>();
  server.once('error', bound.reject);
  server.listen(socketPath, bound.resolve);
  await bound.promise;
  return {
    dialled: accepted.promise.then(() => undefined),
    connected: accepted.promise.then(({ attached }) => attached),
    traffic,
    [Symbol.asyncDispose]: () => {
      server.close();
      peer?.end();
      return Promise.resolve();
    },
  };
}

/** The one connection of a sandbox: HTTP/2, and on it the streams of the service. What the other side does there is outside data. */
class RunnerPeer {
  readonly #socket: Socket;
  readonly #session: ServerHttp2Session;
  readonly #bounds: ReceiveBounds;
  readonly #broker: ChannelBroker;
  readonly #windows: StreamWindows;
  readonly #traffic: Traffic;
  readonly #attached = Promise.withResolvers<Connection<HostFrame, RunnerFrame>>();
  #attach: MessageStream<HostFrame, RunnerFrame> | undefined;

  constructor(socket: Socket, limits: MessageLimits, traffic: Traffic) {
    this.#socket = socket;
    this.#traffic = traffic;
    this.#bounds = receiveBounds(limits);
    this.#broker = new ChannelBroker(limits.maxCallsInFlight);
    this.#session = performServerHandshake(socket, hostSessionOptions(limits));
    this.#session.setLocalWindowSize(connectionWindowBytes);
    this.#windows = new StreamWindows(this.#session, socket, (violation) => this.end(violation));
    this.#session.on('stream', (stream, headers) => {
      this.#windows.opened(stream);
      stream.on('error', () => undefined); // it may come before the stream is routed; who serves it listens too
      this.#route(stream, headers);
    });
    this.#session.on('error', (error) => this.end(brokenHttp(error)));
    this.#session.on('close', () => this.#attached.resolve(closedConnection())); // nothing, where it had attached
  }

  get attached(): Promise<Connection<HostFrame, RunnerFrame>> {
    return this.#attached.promise;
  }

  /** Ends the connection, because of an error if there is one. */
  end(error?: Error): void {
    if (this.#attach) this.#attach.destroy(error);
    else if (error) this.#attached.resolve(closedConnection(error));
    setImmediate(() => this.#session.destroy()); // not inside of an event of a stream: nghttp2 is not done with that one
    // Node keeps the socket until the other side has read everything, and a hostile one may never.
    setTimeout(() => this.#socket.destroy(), hangUpTimeoutMs).unref();
  }

  /** A runner may open thousands of streams at once. */
  #route(stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>): void {
    const { turns } = this.#bounds;
    if (!turns.hasTime()) return turns.rest(() => this.#route(stream, headers));
    if (stream.destroyed || stream.closed) return;
    const encoding = headers['grpc-encoding'] ?? 'identity';
    if (encoding !== 'identity')
      return refuse(stream, status.unimplemented, 'compressed messages are not taken');
    switch (headers[':path']) {
      case paths.attach:
        return this.#acceptAttach(stream);
      case paths.transfer:
        return void this.#acceptTransfer(stream);
      default:
        return refuse(stream, status.unimplemented, 'the host has no such method');
    }
  }

  #acceptAttach(stream: ServerHttp2Stream): void {
    if (this.#attach) return refuse(stream, status.alreadyExists, 'this sandbox has its runner');
    accept(stream, () => statusTrailers(status.ok));
    this.#attach = this.#open(stream, { outgoing: hostFrames, incoming: runnerFrames });
    this.#attached.resolve(new GrpcConnection<HostFrame, RunnerFrame>(this.#attach, 'host', this.#broker));
  }

  #open<Outgoing, Incoming>(
    http: ServerHttp2Stream,
    codecs: { readonly outgoing: EntryCodec<Outgoing>; readonly incoming: EntryCodec<Incoming> },
  ): MessageStream<Outgoing, Incoming> {
    const broken = (violation: Error): void => this.end(violation);
    const explain = (error: Error | undefined): Error | undefined => error && brokenHttp(error);
    const shared = { bounds: this.#bounds, traffic: this.#traffic };
    return new MessageStream({ http, ...codecs, ...shared, explain, broken });
  }

  async #acceptTransfer(stream: ServerHttp2Stream): Promise<void> {
    let trailers = statusTrailers(status.ok);
    accept(stream, () => trailers);
    const messages = this.#open<Item, Item>(stream, { outgoing: items, incoming: items });
    const channel = new GrpcItemChannel(messages, this.#bounds.unread);
    const timer = setTimeout(() => channel.close(), meetingTimeoutMs).unref();
    const first = await channel.take().catch(() => undefined);
    clearTimeout(timer);
    if (first?.$case === 'opening' && this.#broker.offer(first.value, channel)) return;
    trailers = statusTrailers(status.failedPrecondition, 'no call awaits this stream');
    channel.close();
  }
}

function closedConnection(error?: Error): Connection<HostFrame, RunnerFrame> {
  return {
    send: () => undefined,
    receive: () => undefined,
    admitChannels: () => undefined,
    channel: () => Promise.reject(error ?? new Error('the runner never attached')),
    close: () => undefined,
    closed: Promise.resolve(error),
  };
}
