import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startPluginHost, trustSigners, type PluginHost } from '@stellaops/plugin-host';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import type { Logger } from 'pino';
import builtIn from '../manifests/built-in.json' with { type: 'json' };
import trusted from '../manifests/trusted.json' with { type: 'json' };
import { plugin } from './plugin.ts';

const bundle = resolve(import.meta.dirname, '../bundle');

/** Starts a host with the digester in each tier. It stops when the process is told to end. */
export async function startDigesterHost(logger: Logger): Promise<PluginHost> {
  const publicKey = await readFile(join(bundle, 'signer.key.pub'), 'utf8');
  return startPluginHost({
    registry: new InMemoryPluginRegistry(),
    builtIn: [{ manifest: builtIn, plugin }],
    pluginPaths: [join(bundle, 'trusted'), join(bundle, 'untrusted')],
    trust: trustSigners({ 'observability-sample': publicKey }),
    sandbox: new ProcessSandbox(),
    limits: { memoryLimitMiB: 256 }, // alerts.yaml warns before it
    restart: {},
    required: [trusted.id],
    stopOnSignals: ['SIGINT', 'SIGTERM'],
    hostId: 'observability',
    actor: 'sample:observability',
    logger,
  });
}
