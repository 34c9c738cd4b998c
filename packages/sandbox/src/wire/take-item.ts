import type { StreamStep } from '@stellaops/plugin-abstractions/hosting';
import type { Item, ItemChannel } from './connection.ts';

/** The next step of the items that are here already; `undefined` when there is none. An item that means nothing `read` makes none of. */
export function takeItem(
  channel: ItemChannel,
  read: (item: Item) => StreamStep | undefined,
): StreamStep | undefined {
  for (let item = channel.shift(); item; item = channel.shift()) {
    const step = read(item);
    if (step) return step;
  }
  return undefined;
}
