import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/** Where Prometheus finds the metrics of this process. */
export interface MetricsEndpoint extends AsyncDisposable {
  readonly url: string;
}

/**
 * Registers a meter provider, which must be done before a host starts, and serves what it collects on this machine alone. Port 0 is any
 * that is free.
 */
export async function serveMetrics(port: number): Promise<MetricsEndpoint> {
  // The server of the exporter cannot be told to take any port, and an application mostly has a server already.
  const exporter = new PrometheusExporter({
    preventServerStart: true,
    withoutScopeInfo: true,
    withoutTargetInfo: true,
  });
  const provider = new MeterProvider({ readers: [exporter] });
  metrics.setGlobalMeterProvider(provider);
  const server = createServer((request, response) => {
    if (request.url === '/metrics') exporter.getMetricsRequestHandler(request, response);
    else response.writeHead(404).end();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`, // it listens on a port
    async [Symbol.asyncDispose]() {
      metrics.disable();
      await provider.shutdown();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
