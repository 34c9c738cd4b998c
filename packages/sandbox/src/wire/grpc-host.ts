import { createServer, type Socket } from 'node:net';
import type { MessageLimits } from '@stellaops/plugin-abstractions/hosting';
import type { HeaderField } from '../http2/hpack/header-field.ts';
import { Http2Session } from '../http2/http2-session.ts';
import type { Http2Stream } from '../http2/http2-stream.ts';
import { valueOf } from '../http2/request-head.ts';
import { ChannelBroker, meetingTimeoutMs } from './channel-broker.ts';
import type { Connection, HostFrame, Item, RunnerFrame } from './connection.ts';
import { hostFrames, items, runnerFrames, type EntryCodec } from './frame-codec.ts';
import { GrpcConnection } from './grpc-connection.ts';
import { GrpcItemChannel } from './grpc-item-channel.ts';
import { paths, refuse, responseHeaders, status, statusTrailers } from './grpc-protocol.ts';
import { MessageStream } from './message-stream.ts';
import { brokenHttp } from './protocol-violation.ts';
import { hostSessionBounds, receiveBounds, type ReceiveBounds } from './session-bounds.ts';
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
  readonly #session: Http2Session;
  readonly #bounds: ReceiveBounds;
  readonly #broker: ChannelBroker;
  readonly #traffic: Traffic;
  readonly #attached = Promise.withResolvers<Connection<HostFrame, RunnerFrame>>();
  #attach: MessageStream<HostFrame, RunnerFrame> | undefined;

  constructor(socket: Socket, limits: MessageLimits, traffic: Traffic) {
    this.#socket = socket;
    this.#traffic = traffic;
    this.#bounds = receiveBounds(limits);
    this.#broker = new ChannelBroker(limits.maxCallsInFlight);
    this.#session = new Http2Session(socket, {
      side: 'server',
      ...hostSessionBounds(limits),
      pace: this.#bounds.turns,
      opened: (stream, headers) => this.#route(stream, headers),
      closed: (error) => {
        if (error) this.end(brokenHttp(error));
        this.#attached.resolve(closedConnection()); // nothing, where it had attached
      },
    });
  }

  get attached(): Promise<Connection<HostFrame, RunnerFrame>> {
    return this.#attached.promise;
  }

  /** Ends the connection, because of an error if there is one. */
  end(error?: Error): void {
    if (this.#attach) this.#attach.destroy(error);
    else if (error) this.#attached.resolve(closedConnection(error));
    this.#session.destroy();
    // The socket stays until the other side has read everything, and a hostile one may never.
    setTimeout(() => this.#socket.destroy(), hangUpTimeoutMs).unref();
  }

  /** A runner may open thousands of streams at once. */
  #route(stream: Http2Stream, headers: readonly HeaderField[]): void {
    const { turns } = this.#bounds;
    if (!turns.hasTime()) return turns.rest(() => this.#route(stream, headers));
    if (stream.isClosed) return;
    const encoding = valueOf(headers, 'grpc-encoding') ?? 'identity';
    if (encoding !== 'identity')
      return refuse(stream, status.unimplemented, 'compressed messages are not taken');
    switch (valueOf(headers, ':path') ?? '') {
      case paths.attach:
        return this.#acceptAttach(stream);
      case paths.transfer:
        return void this.#acceptTransfer(stream);
      default:
        return refuse(stream, status.unimplemented, 'the host has no such method');
    }
  }

  #acceptAttach(stream: Http2Stream): void {
    if (this.#attach) return refuse(stream, status.alreadyExists, 'this sandbox has its runner');
    const codecs = { outgoing: hostFrames, incoming: runnerFrames };
    this.#attach = this.#accept(stream, codecs, () => statusTrailers(status.ok));
    this.#attached.resolve(new GrpcConnection<HostFrame, RunnerFrame>(this.#attach, 'host', this.#broker));
  }

  #accept<Outgoing, Incoming>(
    http: Http2Stream,
    codecs: { readonly outgoing: EntryCodec<Outgoing>; readonly incoming: EntryCodec<Incoming> },
    trailers: () => readonly HeaderField[],
  ): MessageStream<Outgoing, Incoming> {
    http.sendHeaders(responseHeaders);
    const broken = (violation: Error): void => this.end(violation);
    const explain = (error: Error | undefined): Error | undefined => error && brokenHttp(error);
    const shared = { bounds: this.#bounds, traffic: this.#traffic };
    return new MessageStream({ http, ...codecs, ...shared, trailers, explain, broken });
  }

  async #acceptTransfer(stream: Http2Stream): Promise<void> {
    let trailers = statusTrailers(status.failedPrecondition, 'no call awaits this stream');
    const messages = this.#accept<Item, Item>(stream, { outgoing: items, incoming: items }, () => trailers);
    const channel = new GrpcItemChannel(messages, this.#bounds.unread);
    const timer = setTimeout(() => channel.close(), meetingTimeoutMs).unref();
    const first = await channel.take().catch(() => undefined);
    clearTimeout(timer);
    const isMet = first?.$case === 'opening' && this.#broker.offer(first.value, channel);
    if (isMet) trailers = statusTrailers(status.ok);
    else channel.close();
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
