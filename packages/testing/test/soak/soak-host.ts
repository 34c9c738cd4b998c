import { join } from 'node:path';
import type { PluginCatalogue } from '@stellaops/plugin-abstractions/hosting';
import { startPluginHost, trustSigners, type PluginHost } from '@stellaops/plugin-host';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { createSigningKey } from '@stellaops/plugin-sdk/packaging';
import { silentLogger } from '../../src/silent-logger.ts';
import { testManifest } from '../../src/index.ts';
import { Puppet, Stage } from '../model/plugins/puppet.ts';
import { plugin } from '../model/plugins/puppet-plugin.ts';
import { Shelf, puppetEntry } from '../model/shelf.ts';
import { PuppetStage } from '../model/stage.ts';

/** One plugin for each thing that a host does. */
export const soakPlugins = {
  linked: 'soak.linked',
  trusted: 'soak.trusted',
  swapped: 'soak.swapped',
  mortal: 'soak.mortal',
  lazy: 'soak.lazy',
} as const;

const idleStopMs = 200;
const key = createSigningKey();

/** A host in production tiers, with real sandboxes and a registry, and the folder of its packages. */
export interface SoakHost extends AsyncDisposable {
  readonly host: PluginHost;
  readonly stage: PuppetStage;
  readonly stateDirectory: string;
  /** Puts a version of a package into its place. */
  put(pluginId: string, version: string): Promise<void>;
  /** Takes a package away. */
  remove(pluginId: string): Promise<void>;
}

/** Starts the host with each of its plugins in version 1.0.0. Its files go with it; the registry is the caller's. */
export async function startSoakHost(registry: PluginCatalogue, folder: string): Promise<SoakHost> {
  const shelf = await Shelf.make(await puppetEntry());
  const stage = new PuppetStage();
  const put = (pluginId: string, version: string): Promise<void> =>
    shelf.put(pluginId, version, pluginId === soakPlugins.trusted ? key.privateKey : undefined);
  const { linked, mortal, lazy, ...others } = soakPlugins;
  for (const id of [...Object.values(others), mortal, lazy]) await put(id, '1.0.0');
  const stateDirectory = join(folder, 'state');
  const host = await startPluginHost({
    registry,
    stateDirectory,
    hostId: 'soak',
    logger: silentLogger,
    sandbox: new ProcessSandbox(),
    trust: trustSigners({ soak: key.publicKey }),
    builtIn: [{ manifest: testManifest({ id: linked, provides: [Puppet], requires: [Stage] }), plugin }],
    pluginPaths: [shelf.path],
    services: [stage.service],
    required: Object.values(soakPlugins),
    timeouts: { drainTimeoutMs: 100, loadTimeoutMs: 60_000, heartbeatTimeoutMs: 60_000 },
    perPlugin: {
      [mortal]: { restart: { firstDelayMs: 10, longestDelayMs: 10, maxRestarts: 1_000_000 } },
      [lazy]: { activation: 'onFirstCall', idleStopMs },
    },
  });
  return {
    host,
    stage,
    stateDirectory,
    put,
    remove: (pluginId) => shelf.remove(pluginId),
    [Symbol.asyncDispose]: async () => {
      await host.stop();
      await shelf[Symbol.asyncDispose]();
    },
  };
}
