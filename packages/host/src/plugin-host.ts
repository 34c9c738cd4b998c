import { readFile } from 'node:fs/promises';
import {
  PluginError,
  type Capability,
  type CapabilityApi,
  type MethodContracts,
  type PluginTrustLevel,
} from '@stellaops/plugin-abstractions';
import type { Explanation } from './admission/explain.ts';
import { Resolver, type Provider } from './dispatch/resolver.ts';
import { ServiceDesk } from './dispatch/service-desk.ts';
import { productionTiers, type Tiers } from './dispatch/tiers.ts';
import { completeOptions, type CompleteOptions, type PluginHostOptions } from './host-options.ts';
import { PluginLifecycle } from './lifecycle/plugin-lifecycle.ts';
import { PluginStarter } from './lifecycle/plugin-starter.ts';
import { PluginTable, type PluginStatus } from './lifecycle/plugin-table.ts';
import { Recorder } from './observability/recorder.ts';
import { RunningHost } from './running-host.ts';
import { StateDirectory } from './state-directory.ts';

/** How a host is, as plain data. */
export interface HostHealth {
  /** `failed`: a required plugin is not active. `degraded`: another one failed or was refused. */
  readonly status: 'healthy' | 'degraded' | 'failed';
  readonly plugins: readonly PluginStatus[];
}

/** A host of plugins, inside the process of a module. Disposing stops it. */
export interface PluginHost extends AsyncDisposable {
  /**
   * The object that provides a capability: of a built-in plugin its very own, of another a handle whose calls have a deadline and
   * errors with codes. Throws `CAPABILITY_NOT_PROVIDED`, and `CAPABILITY_AMBIGUOUS` when several provide it and none is named.
   */
  resolve<Methods extends MethodContracts>(
    capability: Capability<Methods>,
    options?: { readonly pluginId?: string },
  ): CapabilityApi<Methods>;
  /** Every active provider of a capability, in the order of admission. */
  resolveAll<Methods extends MethodContracts>(capability: Capability<Methods>): readonly Provider<Methods>[];
  /** Every plugin and every refused package, in the order in which they were found. */
  plugins(): readonly PluginStatus[];
  isActive(pluginId: string): boolean;
  health(): HostHealth;
  /** Looks into the paths again: starts what is new or has failed, replaces what changed, stops what is gone. */
  rescan(): Promise<void>;
  /** Whether a package would be loaded, and why or why not. Runs no code of it. */
  explain(directory: string): Promise<Explanation>;
  /** Stops every plugin, in reverse order. May be called again. */
  stop(): Promise<void>;
}

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
  const state = new StateDirectory(options.stateDirectory);
  const table = new PluginTable();
  const tiers = variant.tiers(options, table);
  const recorder = new Recorder(options);
  const lifecycle = new PluginLifecycle(recorder);
  const services = new ServiceDesk(options.services, (plugin) => tiers.services(plugin), recorder);
  const starter = new PluginStarter({ options, lifecycle, recorder, services, state });
  const resolver = new Resolver(
    () => table.all(),
    (plugin) => tiers.provided(plugin),
  );
  const host = new RunningHost({
    options,
    state,
    table,
    recorder,
    starter,
    resolver,
    hostVersion: await ownVersion(),
    linkedTrustLevel: variant.linkedTrustLevel,
  });
  try {
    await host.rescan();
    const problem = host.requiredProblem();
    if (problem !== undefined) throw new PluginError('REQUIRED_PLUGINS_FAILED', { problem });
    return host;
  } catch (error) {
    await host.stop();
    throw error;
  }
}

async function ownVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  }; // its own
  return version;
}
