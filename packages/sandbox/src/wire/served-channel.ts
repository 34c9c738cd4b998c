import { PluginError } from '@stellaops/plugin-abstractions';
import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';
import type { CallPort } from './call-port.ts';
import { meetingTimeoutMs } from './channel-broker.ts';
import type { CallKey, ItemChannel } from './connection.ts';

/** Whose channel it is. */
export interface PlaceOfChannel {
  readonly target: CallTarget;
  readonly key: CallKey;
}

/** Works on the channel of a call that is served, and closes it when the work is done, or the call is given up. */
export async function onChannel(
  port: CallPort,
  place: PlaceOfChannel,
  signal: AbortSignal,
  work: (channel: ItemChannel) => Promise<void>,
): Promise<void> {
  const channel = await openChannel(port, place, signal);
  const close = (): void => channel.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    await work(channel);
  } finally {
    signal.removeEventListener('abort', close);
    channel.close();
  }
}

/** The stream of a call is opened together with it: a caller that never does is not waited for. */
async function openChannel(
  port: CallPort,
  { target, key }: PlaceOfChannel,
  signal: AbortSignal,
): Promise<ItemChannel> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new PluginError('CALL_TIMED_OUT', { ...target, timeoutMs: meetingTimeoutMs })),
    meetingTimeoutMs,
  );
  try {
    return await port.channel(key, AbortSignal.any([signal, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}
