import { connect as connectHttp2, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';
import type { Connection, HostFrame, RunnerFrame } from './connection.ts';
import { hostFrames, items, runnerFrames, type EntryCodec } from './frame-codec.ts';
import { GrpcConnection } from './grpc-connection.ts';
import { GrpcItemChannel } from './grpc-item-channel.ts';
import { failureOf, paths, requestHeaders } from './grpc-protocol.ts';
import { MessageStream } from './message-stream.ts';
import {
  connectionWindowBytes,
  runnerSessionOptions,
  trustingBounds,
  type ReceiveBounds,
} from './session-bounds.ts';

/** Dials the socket of the host and attaches. What goes wrong is seen by `closed`. */
export function dialHost(socketPath: string): Connection<RunnerFrame, HostFrame> {
  const session = connectHttp2('http://localhost', {
    ...runnerSessionOptions,
    createConnection: () => connect(socketPath),
  });
  session.on('error', () => undefined); // its streams fail with it
  session.on('connect', () => session.setLocalWindowSize(connectionWindowBytes));
  const bounds = trustingBounds();
  const attach = open(session, paths.attach, { outgoing: runnerFrames, incoming: hostFrames }, bounds);
  const connection = new GrpcConnection<RunnerFrame, HostFrame>(attach, 'runner', {
    take: async (call) => {
      await connection.sent();
      const codecs = { outgoing: items, incoming: items };
      const channel = new GrpcItemChannel(open(session, paths.transfer, codecs, bounds), bounds.unread);
      await channel.write({ $case: 'opening', value: call });
      return channel;
    },
    admit: () => undefined,
  });
  void connection.closed.then(() => session.close());
  return connection;
}

function open<Outgoing, Incoming>(
  session: ClientHttp2Session,
  path: string,
  codecs: { readonly outgoing: EntryCodec<Outgoing>; readonly incoming: EntryCodec<Incoming> },
  bounds: ReceiveBounds,
): MessageStream<Outgoing, Incoming> {
  const http = session.request(requestHeaders(path), { endStream: false });
  let failure: Error | undefined;
  const look = (headers: IncomingHttpHeaders): void => {
    failure ??= failureOf(headers);
  };
  http.on('response', look);
  http.on('trailers', look);
  return new MessageStream({ http, ...codecs, bounds, explain: (error) => failure ?? error });
}
