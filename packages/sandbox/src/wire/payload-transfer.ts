import type { ItemChannel } from './connection.ts';
import type { Payload } from './gen/stellaops/plugin/v1/plugin.ts';

/** From so many bytes on a payload travels on a stream of its own, so that it holds up nothing else: a quarter of a MiB. */
const transferredFromBytes = 256 * 1024;

/** Whether a payload is to travel on the Transfer of its call, if both sides know how. Counts a character of JSON as a byte. */
export function isLarge({ json, attachments }: Payload): boolean {
  let bytes = json.length;
  for (const { data } of attachments) bytes += data.byteLength;
  return bytes >= transferredFromBytes;
}

/** Sends the one payload of this direction. */
export async function sendPayload(channel: ItemChannel, value: Payload): Promise<void> {
  await channel.write({ $case: 'value', value });
  await channel.write({ $case: 'end', value: {} });
}

/** The one payload of the other direction. Rejects when the stream ends without it. */
export async function receivePayload(channel: ItemChannel): Promise<Payload> {
  const item = await channel.take();
  if (item?.$case === 'value') return item.value;
  throw new Error('its payload did not come');
}
