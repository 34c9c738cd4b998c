import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { watchHost } from '@stellaops/plugin-host/inspection';
import { pino } from 'pino';
import { crashSandboxes } from './crash.ts';
import { startSample } from './sample.ts';

const crashIntervalMs = 15_000;

const { values } = parseArgs({
  options: {
    watch: { type: 'boolean', default: false },
    crash: { type: 'boolean', default: false },
    'metrics-port': { type: 'string', default: '9464' },
    'health-port': { type: 'string', default: '50051' },
  },
});

// The table has the terminal for itself.
const logFile = resolve(import.meta.dirname, '../observability.log');
const destination = values.watch ? { dest: logFile, append: false, sync: true } : { dest: 2, sync: true };

const { host, metricsUrl, healthAddress } = await startSample({
  metricsPort: Number(values['metrics-port']),
  healthPort: Number(values['health-port']),
  logger: pino(pino.destination(destination)),
});
console.log(`metrics  ${metricsUrl}\nhealth   ${healthAddress}, grpc.health.v1\n`);

if (values.crash) {
  crashSandboxes(host);
  setInterval(() => crashSandboxes(host), crashIntervalMs);
}
// The end comes by a signal, and with it that of the process: the host stops first (`stopOnSignals` in host.ts).
if (values.watch) await watchHost(host, { signal: new AbortController().signal });
