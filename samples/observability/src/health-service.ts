import { promisify } from 'node:util';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { PluginHost } from '@stellaops/plugin-host';
import { HealthImplementation } from 'grpc-health-check';
import { servingOf } from './serving.ts';

const lookIntervalMs = 250;

/** Where `grpc.health.v1` is served. */
export interface HealthService extends AsyncDisposable {
  readonly address: string;
}

/** Serves the health of a host by the protocol that load balancers and Kubernetes ask by: a service for each plugin, by its id. */
export async function serveHealth(host: PluginHost, port: number): Promise<HealthService> {
  const health = new HealthImplementation();
  const told = new Map<string, boolean>();
  const look = (): void => {
    const serving = servingOf(host.health());
    // A plugin that is gone serves no more, and who watches it must hear so.
    for (const service of new Set([...serving.keys(), ...told.keys()])) {
      const isServing = serving.get(service) === true;
      if (told.get(service) === isServing) continue;
      told.set(service, isServing);
      health.setStatus(service, isServing ? 'SERVING' : 'NOT_SERVING');
    }
  };
  look();
  const server = new Server();
  health.addToServer(server);
  const bind = promisify(server.bindAsync.bind(server));
  const bound = await bind(`127.0.0.1:${port}`, ServerCredentials.createInsecure());
  const timer = setInterval(look, lookIntervalMs);
  return {
    address: `127.0.0.1:${bound}`,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      server.forceShutdown();
    },
  };
}
