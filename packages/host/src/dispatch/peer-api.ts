import type { CapabilityApi } from '@stellaops/plugin-abstractions';
import { wrapApi, type Wrap } from './call-link.ts';
import type { CapabilityGrant } from './capability-grant.ts';
import { lastingHandle } from './lasting-handle.ts';
import type { Resolver } from './resolver.ts';

/**
 * What a plugin calls of another one: asks anew at every call who answers, by the rules of `host.resolve`, and the call is then like one of
 * the host; a plugin never reaches itself. `CAPABILITY_NOT_PROVIDED` and `CAPABILITY_AMBIGUOUS` come with the call, for providers come and go.
 */
export function peerApi(
  callerId: string,
  { capability, pluginId }: CapabilityGrant,
  resolver: Pick<Resolver, 'one'>,
): CapabilityApi {
  const handle = lastingHandle(capability, {
    current: () => resolver.one(capability, { pluginId }, callerId),
  });
  return wrapApi(capability, callerId, handle, [withinDeadlineOfProvider]);
}

/**
 * The deadline of the caller holds around this one: it can give up earlier than the provider's, and not ask for more. Nothing is known here
 * of the call that the plugin answers meanwhile: its signal ends this one too where the author hands it on.
 */
const withinDeadlineOfProvider: Wrap =
  ({ next }) =>
  (input, { signal, traceparent } = {}) =>
    next(input, { ...(signal && { signal }), ...(traceparent !== undefined && { traceparent }) });
