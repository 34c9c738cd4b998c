import type { Capability, CapabilityApi, MethodContracts, TSchema } from '@stellaops/plugin-abstractions';
import type { Explanation } from './admission/explain.ts';
import type { ProviderQuery } from './dispatch/provider-fitness.ts';
import type { Provider } from './dispatch/resolver.ts';
import type { HostInspection } from './inspection/host-inspection.ts';
import type { RegistryHealth } from './journal/registry-health.ts';
import type { PluginStatus } from './lifecycle/plugin-table.ts';

/** How a host is, as plain data. */
export interface HostHealth {
  /** `failed`: a required plugin is not active. `degraded`: another one failed, was refused or lost one of its
   * `instances`, or the registry is away. */
  readonly status: 'healthy' | 'degraded' | 'failed';
  readonly plugins: readonly PluginStatus[];
  /** Missing for a host without a registry. */
  readonly registry?: RegistryHealth;
  /** Packages whose code is in this process and is no longer used: Node cannot unload it. Missing for none. */
  readonly unusedModules?: number;
}

/** A host of plugins, inside the process of a module. Disposing stops it. */
export interface PluginHost extends AsyncDisposable {
  /**
   * The object that provides a capability: of a built-in plugin its very own, of another a handle whose calls have a deadline and
   * errors with codes. Throws `CAPABILITY_NOT_PROVIDED`, and `CAPABILITY_AMBIGUOUS` when several provide it and none is named.
   */
  resolve<Methods extends MethodContracts, Parameters extends TSchema>(
    capability: Capability<Methods, Parameters>,
    query?: ProviderQuery<Parameters>,
  ): CapabilityApi<Methods>;
  /** Every provider of a capability that is active, or starts when it is called, in the order of admission. */
  resolveAll<Methods extends MethodContracts, Parameters extends TSchema>(
    capability: Capability<Methods, Parameters>,
    query?: ProviderQuery<Parameters>,
  ): readonly Provider<Methods>[];
  /**
   * Every plugin in the order in which they were found; then versions that come or go beside one that has the same id, or could not take its
   * place; then every refused package.
   */
  plugins(): readonly PluginStatus[];
  /** Whether it is active now. One that waits for its first call is not. */
  isActive(pluginId: string): boolean;
  /**
   * Resolves when a plugin is active, having started it if it waits for its first call. Rejects with what it failed of, with
   * `PLUGIN_NOT_ACTIVE` for one that does not run for another reason, and with the reason of the signal.
   */
  whenActive(pluginId: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
  health(): HostHealth;
  /**
   * What the host looks like now, with the calls to each plugin and what its sandbox uses. Never rejects. To print it:
   * `formatInspection()` of `@stellaops/plugin-host/inspection`.
   */
  inspect(): Promise<HostInspection>;
  /**
   * Looks into the paths again: starts what is new or has failed, replaces what changed, stops what is gone. A new version starts beside the
   * one that runs, which ends when its calls have; one that does not come up leaves it at work, and stands beside it in `plugins()`.
   */
  rescan(): Promise<void>;
  /** Whether a package would be loaded, and why or why not. Runs no code of it. */
  explain(directory: string): Promise<Explanation>;
  /**
   * Stops every plugin, each before those that it may call. New calls are refused; those in flight may end within
   * `timeouts.drainTimeoutMs`. May be called again.
   */
  stop(): Promise<void>;
}
