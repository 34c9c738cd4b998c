import { credentials } from '@grpc/grpc-js';
import type { Connection, HostFrame, RunnerFrame } from './connection.ts';
import { PluginHostServiceClient } from './gen/stellaops/plugin/v1/plugin.ts';
import { GrpcConnection } from './grpc-connection.ts';
import { GrpcItemChannel } from './grpc-item-channel.ts';

/** Dials the socket of the host and attaches. What goes wrong is seen by `closed`. */
export function dialHost(socketPath: string): Connection<RunnerFrame, HostFrame> {
  const client = new PluginHostServiceClient(`unix:${socketPath}`, credentials.createInsecure(), {
    // The host states its limits in its hello and keeps them; they are not known before.
    'grpc.max_receive_message_length': -1,
    'grpc.enable_retries': 0,
    'grpc.enable_http_proxy': 0,
    'grpc.service_config_disable_resolution': 1,
  });
  const connection = new GrpcConnection<RunnerFrame, HostFrame>(client.attach(), 'runner', async (call) => {
    const channel = new GrpcItemChannel(client.transfer());
    await channel.write({ $case: 'opening', value: call });
    return channel;
  });
  void connection.closed.then(() => client.close());
  return connection;
}
