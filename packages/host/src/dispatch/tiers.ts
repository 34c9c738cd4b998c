import type { CompleteOptions } from '../host-options.ts';
import type { HostedPlugin } from '../lifecycle/hosted-plugin.ts';
import type { PluginTable } from '../lifecycle/plugin-table.ts';
import { attributed } from './attributed.ts';
import { bounded } from './bounded.ts';
import type { Wrap } from './call-link.ts';
import { checked } from './checked.ts';
import { copied } from './copied.ts';

/** What stands between the two sides of a call, by tier. */
export interface Tiers {
  /** Between the host and what a plugin provides. */
  provided(plugin: HostedPlugin): readonly Wrap[];
  /** Between a plugin and the services of the host. */
  services(plugin: HostedPlugin): readonly Wrap[];
}

/** The tiers of the specification: nothing for a built-in plugin, bounds for a trusted one, and a guard before an untrusted one. */
export function productionTiers(_: CompleteOptions, table: PluginTable): Tiers {
  const bound = boundTo(table);
  return {
    provided: (plugin) => {
      switch (plugin.admitted.trustLevel) {
        case 'builtIn':
          return [];
        case 'trusted':
          return [bound(plugin), attributed];
        case 'untrusted':
          return [bound(plugin), checked];
      }
    },
    services: (plugin) => {
      switch (plugin.admitted.trustLevel) {
        case 'builtIn':
          return [];
        case 'trusted':
          return [boundAlways(plugin), attributed];
        case 'untrusted':
          return [boundAlways(plugin), checked, attributed];
      }
    },
  };
}

/** Every tier behaves as the strictest one, so that what passes a test in one tier passes in all. */
export function uniformTiers(options: CompleteOptions, table: PluginTable): Tiers {
  const bound = boundTo(table);
  const inProcess = [checked, copied(options.messages), attributed];
  return {
    provided: (plugin) => [
      bound(plugin),
      ...(plugin.admitted.trustLevel === 'untrusted' ? [checked] : inProcess),
    ],
    services: (plugin) => [
      boundAlways(plugin),
      ...(plugin.admitted.trustLevel === 'untrusted' ? [checked, attributed] : inProcess),
    ],
  };
}

function boundTo(table: PluginTable): (plugin: HostedPlugin) => Wrap {
  return ({ id, settings }) =>
    bounded(settings.timeouts.callTimeoutMs, () => {
      const problem = table.notActive(id);
      if (problem) throw problem;
    });
}

function boundAlways({ settings }: HostedPlugin): Wrap {
  return bounded(settings.timeouts.callTimeoutMs, () => undefined);
}
