import { fileURLToPath } from 'node:url';
import {
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type Client,
  type ClientDuplexStream,
  type ServerDuplexStream,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const protoFile = fileURLToPath(new URL('../../proto/stellaops/plugin/v1/plugin.proto', import.meta.url));

/** A value of the protocol with nothing but names to go by. */
export type Loose = { readonly [name: string]: unknown };

/** A stream of the client, as grpc-js has it. */
export type ForeignStream = ClientDuplexStream<Loose, Loose>;

type ForeignClient = Client & { attach(): ForeignStream; transfer(): ForeignStream };

/** What grpc-js makes of the proto, with no code of ours. */
const { PluginHostService } = (
  loadPackageDefinition(loadSync(protoFile, { longs: Number, defaults: true, oneofs: true })) as unknown as {
    readonly stellaops: {
      readonly plugin: {
        readonly v1: {
          readonly PluginHostService: (new (address: string, given: unknown) => ForeignClient) & {
            readonly service: Parameters<Server['addService']>[0];
          };
        };
      };
    };
  }
).stellaops.plugin.v1; // as the proto says

/** Dials as a runner of another stack would. */
export function dialForeign(path: string): ForeignClient {
  return new PluginHostService(`unix:${path}`, credentials.createInsecure());
}

/** Listens as a host of another stack would. */
export async function listenForeign(
  path: string,
  handlers: Readonly<Record<'attach' | 'transfer', (stream: ServerDuplexStream<Loose, Loose>) => void>>,
): Promise<Disposable> {
  const server = new Server();
  server.addService(PluginHostService.service, handlers);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return { [Symbol.dispose]: () => server.forceShutdown() };
}

/** What arrives on a stream, entry by entry: frames of an Attach, items of a Transfer. */
export async function* entriesOf(
  stream: AsyncIterable<unknown>,
  field: 'frames' | 'items',
): AsyncGenerator<Loose, void, undefined> {
  for await (const message of stream)
    yield* (message as Readonly<Record<typeof field, readonly Loose[]>>)[field];
}
