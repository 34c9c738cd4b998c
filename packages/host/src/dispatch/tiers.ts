import { SpanKind } from '@opentelemetry/api';
import type { CompleteOptions } from '../host-options.ts';
import type { HostedPlugin } from '../lifecycle/hosted-plugin.ts';
import { attributed } from './attributed.ts';
import { bounded } from './bounded.ts';
import type { CallChannels } from './call-channels.ts';
import type { Wrap } from './call-link.ts';
import { checked } from './checked.ts';
import { copied } from './copied.ts';
import { entered } from './entered.ts';
import { guarded } from './guarded.ts';
import { monitored } from './monitored.ts';
import { relayed } from './relayed.ts';
import { traced } from './traced.ts';

/** What stands between the two sides of a call, by tier. */
export interface Tiers {
  /** Between the host and what a plugin provides. */
  provided(plugin: HostedPlugin): readonly Wrap[];
  /** Between a plugin and the services of the host, until the signal aborts: then its instance is gone. */
  services(plugin: HostedPlugin, closed: AbortSignal): readonly Wrap[];
}

/** The tiers of the specification: nothing for a built-in plugin, bounds for a trusted one, and a guard before an untrusted one. */
export function productionTiers(_: CompleteOptions, channels: CallChannels): Tiers {
  const bound = boundBy(channels);
  return {
    provided: (plugin) => {
      switch (plugin.admitted.trustLevel) {
        case 'builtIn':
          return [];
        case 'trusted':
          return [
            traced('trusted', SpanKind.CLIENT),
            monitored(channels.provided(plugin)),
            ...enteredIf(plugin),
          ];
        case 'untrusted':
          return bound.untrusted(plugin);
      }
    },
    services: (plugin, closed) => {
      switch (plugin.admitted.trustLevel) {
        case 'builtIn':
          return [];
        case 'trusted':
          return [...bound.services(plugin, closed), relayed, attributed];
        case 'untrusted':
          return [...bound.services(plugin, closed), checked, relayed, attributed];
      }
    },
  };
}

/** Every tier behaves as the strictest one, so that what passes a test in one tier passes in all. */
export function uniformTiers(options: CompleteOptions, channels: CallChannels): Tiers {
  const bound = boundBy(channels);
  const inProcess = [checked, copied(options.messages)];
  return {
    provided: (plugin) =>
      plugin.admitted.trustLevel === 'untrusted'
        ? bound.untrusted(plugin)
        : [...bound.provided(plugin), ...inProcess, attributed, ...enteredIf(plugin)],
    services: (plugin, closed) => [
      ...bound.services(plugin, closed),
      ...(plugin.admitted.trustLevel === 'untrusted' ? [checked] : inProcess),
      relayed,
      attributed,
    ],
  };
}

function enteredIf({ enter }: HostedPlugin): readonly Wrap[] {
  return enter ? [entered(enter)] : [];
}

function boundBy(channels: CallChannels) {
  return {
    provided: (plugin: HostedPlugin): readonly Wrap[] => [
      traced(plugin.admitted.trustLevel, SpanKind.CLIENT),
      bounded(channels.provided(plugin)),
    ],
    untrusted: (plugin: HostedPlugin): readonly Wrap[] => [
      traced('untrusted', SpanKind.CLIENT),
      guarded(channels.provided(plugin)),
    ],
    services: (plugin: HostedPlugin, closed: AbortSignal): readonly Wrap[] => [
      traced(plugin.admitted.trustLevel, SpanKind.SERVER),
      bounded(channels.services(plugin, closed)),
    ],
  };
}
