import { readFile } from 'node:fs/promises';
import { PluginError, type PluginTrustLevel } from '@stellaops/plugin-abstractions';
import { breakPlugin } from './containment/break-plugin.ts';
import { containFailures } from './containment/contain-failures.ts';
import { FailureAttribution } from './containment/failure-attribution.ts';
import { CallChannels } from './dispatch/call-channels.ts';
import { CallLedger } from './dispatch/call-statistics.ts';
import { Resolver } from './dispatch/resolver.ts';
import { ServiceDesk } from './dispatch/service-desk.ts';
import { productionTiers, type Tiers } from './dispatch/tiers.ts';
import { createRegistryWriter } from './journal/create-registry-writer.ts';
import { Fleet } from './fleet/fleet.ts';
import { completeOptions, type CompleteOptions, type PluginHostOptions } from './host-options.ts';
import { PluginChanges } from './lifecycle/plugin-changes.ts';
import { PluginLifecycle } from './lifecycle/plugin-lifecycle.ts';
import { PluginStarter } from './lifecycle/plugin-starter.ts';
import { PluginStopper } from './lifecycle/plugin-stopper.ts';
import { PluginTable } from './lifecycle/plugin-table.ts';
import { Reconciler } from './lifecycle/reconciler.ts';
import { stopOnSignals } from './lifecycle/stop-on-signals.ts';
import { collectMetrics } from './observability/collected-metrics.ts';
import { Recorder } from './observability/recorder.ts';
import type { PluginHost } from './plugin-host.ts';
import { RunningHost } from './running-host.ts';
import { StateDirectory } from './state-directory.ts';

/** What a test host does differently. */
export interface HostVariant {
  readonly linkedTrustLevel: PluginTrustLevel;
  tiers(options: CompleteOptions, channels: CallChannels): Tiers;
}

/**
 * Starts a host with its plugins. A plugin that fails is marked as failed, logged and left out; rejects with
 * `REQUIRED_PLUGINS_FAILED` when one of `required` did, having stopped the others, and with `HOST_ID_TAKEN` when another host of its id
 * is alive in the fleet of its registry.
 */
export async function startPluginHost(options: PluginHostOptions = {}): Promise<PluginHost> {
  refuseLateBuiltIn(options);
  return startHost(options, { linkedTrustLevel: 'builtIn', tiers: productionTiers });
}

/** The one place where the parts of a host come together. */
export async function startHost(given: PluginHostOptions, variant: HostVariant): Promise<PluginHost> {
  const options = completeOptions(given);
  options.signal?.throwIfAborted();
  const hostVersion = await ownVersion();
  const state = new StateDirectory(options.stateDirectory);
  const table = new PluginTable();
  const stopping = new AbortController();
  const attribution = new FailureAttribution(table);
  const writer = createRegistryWriter(options, state);
  const recorder = new Recorder(options, writer);
  const ledger = new CallLedger();
  const channels = new CallChannels(ledger, (plugin) => recorder.loggerFor(plugin));
  const tiers = variant.tiers(options, channels);
  const lifecycle = new PluginLifecycle(recorder);
  const resolver = new Resolver(
    table,
    (plugin) => tiers.provided(plugin),
    recorder,
    (pluginId) => changes.awaken(pluginId),
  );
  const services = new ServiceDesk({
    offered: options.services,
    plugins: table,
    resolver,
    wrapsFor: (plugin, closed) => tiers.services(plugin, closed),
    recorder,
  });
  const stopper = new PluginStopper(lifecycle, recorder);
  const starter = new PluginStarter({
    options,
    lifecycle,
    recorder,
    stopper,
    services,
    state,
    onEnded: (plugin, error) => changes.ended(plugin, error),
    onLost: (plugin, error) => changes.lost(plugin, error),
    attribution: options.containInProcessFailures ? attribution : undefined,
    stopping: stopping.signal,
  });
  const changes: PluginChanges = new PluginChanges({
    options,
    table,
    recorder,
    lifecycle,
    starter,
    stopper,
    stopping: stopping.signal,
    isDirect: (plugin) => tiers.provided(plugin).length === 0,
  });
  const endContainment = options.containInProcessFailures
    ? containFailures(attribution, (plugin, error) => {
        void breakPlugin({ changes, lifecycle, recorder }, plugin, error);
      })
    : undefined;
  const endMetrics = collectMetrics({ ledger, sandboxes: () => table.sandboxes() });
  const signals = stopOnSignals(options.stopOnSignals, () => host.stop());
  const { linkedTrustLevel } = variant;
  const fleet = Fleet.of({ options, table, changes });
  const host: RunningHost = new RunningHost({
    options,
    stopping,
    table,
    ledger,
    changes,
    reconciler: new Reconciler({ options, state, table, changes, hostVersion, linkedTrustLevel }),
    fleet,
    resolver,
    writer,
    imported: starter.imported,
    onStopped: () => {
      signals.remove();
      endMetrics();
      endContainment?.();
    },
    hostVersion,
  });
  const giveUp = (): void => void host.stop();
  options.signal?.addEventListener('abort', giveUp, { once: true });
  try {
    options.signal?.throwIfAborted();
    await fleet?.join(stopping.signal);
    await writer?.open();
    await host.rescan();
    options.signal?.throwIfAborted();
    const problem = host.requiredProblem();
    if (problem !== undefined) throw new PluginError('REQUIRED_PLUGINS_FAILED', { problem });
    fleet?.follow();
    return host;
  } catch (error) {
    await host.stop();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', giveUp);
  }
}

/** Throws a `TypeError`: a built-in plugin is called directly, so that no call to it can start it. */
function refuseLateBuiltIn({ builtIn = [], perPlugin = {} }: PluginHostOptions): void {
  for (const { manifest } of builtIn) {
    const id = String(Object(manifest).id);
    if (perPlugin[id]?.activation === 'onFirstCall')
      throw new TypeError(`perPlugin['${id}'].activation: a built-in plugin starts with its host`);
  }
}

async function ownVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  }; // its own
  return version;
}
