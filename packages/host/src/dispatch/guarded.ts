import { bounded } from './bounded.ts';
import type { PluginChannel } from './call-channel.ts';
import type { Wrap } from './call-link.ts';
import { checked, checkOf } from './checked.ts';

/**
 * Before an implementation in another process: `bounded`, and `checked` behind it. For a single request and answer both are one step, as
 * each promise more is a twentieth of what the call costs the host.
 */
export function guarded(channel: PluginChannel): Wrap {
  return (link) => {
    const { contract, target, next } = link;
    if (contract.requestStream || contract.responseStream)
      return bounded(channel)({ ...link, next: checked(link) });
    const request = checkOf(target, 'REQUEST_INVALID', contract.request);
    const response = checkOf(target, 'RESPONSE_INVALID', contract.response);
    return bounded({ ...channel, response })({
      ...link,
      next: (input, options) => next(request(input), options),
    });
  };
}
