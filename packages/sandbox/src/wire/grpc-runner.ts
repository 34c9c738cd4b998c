import { connect } from 'node:net';
import type { HeaderField } from '../http2/hpack/header-field.ts';
import { Http2Session } from '../http2/http2-session.ts';
import { ReusedChunks } from '../http2/received-chunks.ts';
import type { Connection, HostFrame, RunnerFrame } from './connection.ts';
import { hostFrames, items, runnerFrames, type EntryCodec } from './frame-codec.ts';
import { GrpcConnection } from './grpc-connection.ts';
import { GrpcItemChannel } from './grpc-item-channel.ts';
import { failureOf, paths, requestHeaders } from './grpc-protocol.ts';
import { MessageStream } from './message-stream.ts';
import { runnerSessionBounds, trustingBounds, type ReceiveBounds } from './session-bounds.ts';

/** Dials the socket of the host and attaches. What goes wrong is seen by `closed`. */
export function dialHost(socketPath: string): Connection<RunnerFrame, HostFrame> {
  const bounds = trustingBounds();
  const chunks = new ReusedChunks();
  const socket = connect({ path: socketPath, onread: chunks.onread });
  const options = {
    side: 'client',
    ...runnerSessionBounds,
    pace: bounds.turns,
    closed: () => undefined, // its streams fail with it
  } as const;
  const session = new Http2Session(socket, options, chunks);
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
  session: Http2Session,
  path: string,
  codecs: { readonly outgoing: EntryCodec<Outgoing>; readonly incoming: EntryCodec<Incoming> },
  bounds: ReceiveBounds,
): MessageStream<Outgoing, Incoming> {
  let failure: Error | undefined;
  const heard = (headers: readonly HeaderField[]): void => {
    failure ??= failureOf(headers);
  };
  const http = session.request(requestHeaders(path));
  return new MessageStream({ http, ...codecs, bounds, heard, explain: (error) => failure ?? error });
}
