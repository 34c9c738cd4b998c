import { readFile } from 'node:fs/promises';
import { PluginError, type PluginTrustLevel } from '@stellaops/plugin-abstractions';
import { Resolver } from './dispatch/resolver.ts';
import { ServiceDesk } from './dispatch/service-desk.ts';
import { productionTiers, type Tiers } from './dispatch/tiers.ts';
import { completeOptions, type CompleteOptions, type PluginHostOptions } from './host-options.ts';
import { PluginLifecycle } from './lifecycle/plugin-lifecycle.ts';
import { PluginStarter } from './lifecycle/plugin-starter.ts';
import { PluginTable } from './lifecycle/plugin-table.ts';
import { Recorder } from './observability/recorder.ts';
import type { PluginHost } from './plugin-host.ts';
import { RunningHost } from './running-host.ts';
import { StateDirectory } from './state-directory.ts';

/** What a test host does differently. */
export interface HostVariant {
  readonly linkedTrustLevel: PluginTrustLevel;
  tiers(options: CompleteOptions, table: PluginTable): Tiers;
}

/**
 * Starts a host with its plugins. A plugin that fails is marked as failed, logged and left out; rejects with
 * `REQUIRED_PLUGINS_FAILED` when one of `required` did, having stopped the others.
 */
export function startPluginHost(options: PluginHostOptions = {}): Promise<PluginHost> {
  return startHost(options, { linkedTrustLevel: 'builtIn', tiers: productionTiers });
}

/** The one place where the parts of a host come together. */
export async function startHost(given: PluginHostOptions, variant: HostVariant): Promise<PluginHost> {
  const options = completeOptions(given);
  options.signal?.throwIfAborted();
  const state = new StateDirectory(options.stateDirectory);
  const table = new PluginTable();
  const stopping = new AbortController();
  const tiers = variant.tiers(options, table);
  const recorder = new Recorder(options);
  const lifecycle = new PluginLifecycle(recorder);
  const services = new ServiceDesk(options.services, (plugin) => tiers.services(plugin), recorder);
  const starter = new PluginStarter({
    options,
    lifecycle,
    recorder,
    services,
    state,
    onCrash: (plugin) => host.crashed(plugin),
    stopping: stopping.signal,
  });
  const resolver = new Resolver(table, (plugin) => tiers.provided(plugin), recorder);
  const host: RunningHost = new RunningHost({
    options,
    state,
    stopping,
    table,
    recorder,
    starter,
    resolver,
    hostVersion: await ownVersion(),
    linkedTrustLevel: variant.linkedTrustLevel,
  });
  const giveUp = (): void => void host.stop();
  options.signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await host.rescan();
    options.signal?.throwIfAborted();
    const problem = host.requiredProblem();
    if (problem !== undefined) throw new PluginError('REQUIRED_PLUGINS_FAILED', { problem });
    return host;
  } catch (error) {
    await host.stop();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', giveUp);
  }
}

async function ownVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  }; // its own
  return version;
}
