import type { StreamStep } from '@stellaops/plugin-abstractions/hosting';
import type { Item, ItemChannel } from './connection.ts';

/** What an item means to who reads the stream; `undefined` where it means nothing. */
type ReadItem = (item: Item) => StreamStep | undefined;

/** The next step of the items that are here already; `undefined` when there is none. */
export function takeItem(channel: ItemChannel, read: ReadItem): StreamStep | undefined {
  for (let item = channel.shift(); item; item = channel.shift()) {
    const step = read(item);
    if (step) return step;
  }
  return undefined;
}

/** Waits for the next step; `undefined` when the stream ends without one. */
export async function waitForItem(channel: ItemChannel, read: ReadItem): Promise<StreamStep | undefined> {
  for (let item = await channel.take(); item; item = await channel.take()) {
    const step = read(item);
    if (step) return step;
  }
  return undefined;
}
