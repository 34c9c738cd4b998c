import { isPluginError, PluginError, type PluginErrorCode } from '@stellaops/plugin-abstractions';
import { restorePluginError, type CallTarget } from '@stellaops/plugin-abstractions/hosting';
import type { Wrap } from './call-link.ts';
import { mapErrors } from './map-errors.ts';

/** What a plugin may know of why its call failed beyond the host: the rest tells of the host. */
const relayedCodes: ReadonlySet<PluginErrorCode> = new Set<PluginErrorCode>([
  'CALL_CANCELLED',
  'CALL_FAILED',
  'CALL_REFUSED',
  'CALL_TIMED_OUT',
  'CAPABILITY_AMBIGUOUS',
  'CAPABILITY_DENIED',
  'CAPABILITY_NOT_PROVIDED',
  'MESSAGE_TOO_LARGE',
  'QUOTA_EXCEEDED',
  'REQUEST_INVALID',
  'RESPONSE_INVALID',
]);

/**
 * Stands before `attributed` where a plugin calls a service or another plugin: an error of the framework that comes from there keeps its
 * code, and is about the call that this plugin made, as the wire would have it.
 */
export const relayed: Wrap = (link) => mapErrors(link, (error) => ownError(error, link.target));

/** Its cause is what it had: an error without one has nothing to hide, which counts where it crosses a border. */
function ownError(error: unknown, target: CallTarget): unknown {
  if (!isPluginError(error, 'CALL_FAILED') || !isPluginError(error.cause)) return error;
  const { code, details, cause } = error.cause;
  if (isPluginError(error.cause, 'PLUGIN_NOT_ACTIVE')) {
    const { pluginId, state } = error.cause.details;
    const problem = `${pluginId} is in ${state}`;
    return new PluginError('CAPABILITY_NOT_PROVIDED', { capability: target.capability, problem });
  }
  if (!relayedCodes.has(code)) return error;
  return restorePluginError(code, { ...details, ...target }, { cause }) ?? error;
}
