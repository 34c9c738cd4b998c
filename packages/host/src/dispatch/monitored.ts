import type { CallOptions } from '@stellaops/plugin-abstractions';
import { attributed } from './attributed.ts';
import { bounded } from './bounded.ts';
import type { PluginChannel } from './call-channel.ts';
import { failureOf } from './call-failures.ts';
import type { Wrap } from './call-link.ts';
import { plainOptions } from './plain-options.ts';
import { seesOptions } from './sees-options.ts';

/**
 * Before an implementation in this process: `bounded`, and `attributed` behind it. For a single request and answer both are one step, as one
 * promise more would cost as much as all the rest.
 */
export function monitored(channel: PluginChannel): Wrap {
  return (link) => {
    const { contract, target, next, implementation } = link;
    if (contract.requestStream || contract.responseStream)
      return bounded(channel)({ ...link, next: attributed(link) });
    // The options are a tenth of a call, and most authors do not take them.
    const plainly = seesOptions(implementation)
      ? (input: unknown, options?: CallOptions): unknown => next(input, plainOptions(options))
      : (input: unknown): unknown => next(input);
    const failure = failureOf(target);
    return bounded({ ...channel, failure })({ ...link, next: plainly });
  };
}
