import type { PluginHost } from '@stellaops/plugin-host';
import type { Logger } from 'pino';
import { keepCalling } from './calls.ts';
import { serveHealth } from './health-service.ts';
import { startDigesterHost } from './host.ts';
import { serveMetrics } from './metrics-endpoint.ts';
import { observeServing } from './serving-metrics.ts';

/** How the sample is started. Port 0 is any that is free. */
export interface SampleOptions {
  readonly metricsPort: number;
  readonly healthPort: number;
  readonly logger: Logger;
}

/** The sample at work. Disposing ends everything of it. */
export interface Sample extends AsyncDisposable {
  readonly host: PluginHost;
  readonly metricsUrl: string;
  readonly healthAddress: string;
}

/** Starts the host, with what tells of it around it: the metrics first, for a host looks for a meter provider when it starts. */
export async function startSample({ metricsPort, healthPort, logger }: SampleOptions): Promise<Sample> {
  await using starting = new AsyncDisposableStack();
  const metrics = starting.use(await serveMetrics(metricsPort));
  const host = starting.use(await startDigesterHost(logger));
  observeServing(host);
  const health = starting.use(await serveHealth(host, healthPort));
  starting.use(keepCalling(host));
  const started = starting.move();
  return {
    host,
    metricsUrl: metrics.url,
    healthAddress: health.address,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
