import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startPluginHost, trustSigners, type PluginHostOptions } from '@stellaops/plugin-host';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { Greeter } from './greeter.ts';
import manifest from '../plugin.json' with { type: 'json' };
import { plugin } from './plugin.ts';

const bundle = resolve(import.meta.dirname, '../bundle');
const publicKey = await readFile(join(bundle, 'signer.key.pub'), 'utf8');
const pluginPaths = [join(bundle, 'plugin')];

/** The same source each time. What the host does with it decides on the tier. */
const waysToRun: readonly PluginHostOptions[] = [
  { builtIn: [{ manifest, plugin }] },
  { pluginPaths, trust: trustSigners({ 'hello-world-sample': publicKey }) },
  { pluginPaths, sandbox: new ProcessSandbox() },
];

for (const options of waysToRun) {
  await using host = await startPluginHost({
    ...options,
    hostId: 'hello-world',
    actor: 'sample:hello-world',
  });
  const [status] = host.plugins();
  const { greeting } = await host.resolve(Greeter).greet({ name: 'World' });
  console.log(`${status?.trustLevel?.padEnd(9)}  ${greeting}  (${status?.trustReason})`);
}
