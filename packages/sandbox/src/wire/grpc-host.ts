import { Server, ServerCredentials, status, type ServerDuplexStream } from '@grpc/grpc-js';
import type { MessageLimits } from '@stellaops/plugin-abstractions/hosting';
import { ChannelBroker } from './channel-broker.ts';
import type { Connection, HostFrame, RunnerFrame } from './connection.ts';
import {
  PluginHostServiceService,
  type HostMessage,
  type ItemBatch,
  type PluginHostServiceServer,
  type RunnerMessage,
} from './gen/stellaops/plugin/v1/plugin.ts';
import { GrpcConnection } from './grpc-connection.ts';
import { GrpcItemChannel, refuseTransfer } from './grpc-item-channel.ts';

/** What JSON, attachments and the rest of a message may need together. */
const framingBytes = 64 * 1024;

/** The socket of one sandbox. */
export interface RunnerListener extends AsyncDisposable {
  /** The one connection that is accepted; later ones are refused. */
  readonly connected: Promise<Connection<HostFrame, RunnerFrame>>;
}

/** Listens on a Unix socket for the runner of one sandbox. Rejects when the path cannot be bound (it may be too long: unix(7), 107 bytes). */
export async function listenForRunner(socketPath: string, limits: MessageLimits): Promise<RunnerListener> {
  const connected = Promise.withResolvers<Connection<HostFrame, RunnerFrame>>();
  const broker = new ChannelBroker(limits.maxCallsInFlight);
  let isAttached = false;

  const service: PluginHostServiceServer = {
    attach(stream: ServerDuplexStream<RunnerMessage, HostMessage>) {
      if (isAttached) {
        stream.emit('error', { code: status.ALREADY_EXISTS, details: 'this sandbox has its runner' });
        return;
      }
      isAttached = true;
      connected.resolve(new GrpcConnection(stream, 'host', (call, signal) => broker.take(call, signal)));
    },
    transfer(stream: ServerDuplexStream<ItemBatch, ItemBatch>) {
      void acceptTransfer(stream, broker);
    },
  };
  const server = new Server({
    'grpc.max_receive_message_length': limits.jsonLimitBytes + limits.bytesLimitBytes + framingBytes,
    // Attach, and a Transfer for each call of either direction.
    'grpc.max_concurrent_streams': 1 + 2 * limits.maxCallsInFlight,
  });
  server.addService(PluginHostServiceService, service);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return {
    connected: connected.promise,
    [Symbol.asyncDispose]: () => {
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}

async function acceptTransfer(
  stream: ServerDuplexStream<ItemBatch, ItemBatch>,
  broker: ChannelBroker,
): Promise<void> {
  const channel = new GrpcItemChannel(stream);
  const first = await channel.take().catch(() => undefined);
  const isKnown = first?.$case === 'opening' && broker.offer(first.value, channel);
  if (!isKnown) refuseTransfer(stream, 'no call awaits this stream');
}
