import type { Capability, CapabilityApi, MethodContracts } from '@stellaops/plugin-abstractions';
import type { Explanation } from './admission/explain.ts';
import type { Provider } from './dispatch/resolver.ts';
import type { PluginStatus } from './lifecycle/plugin-table.ts';

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
