import type { Item, ItemChannel } from '../../src/wire/connection.ts';

/** What the other side sends on a stream, until it ends. */
export async function* itemsOf(channel: ItemChannel): AsyncGenerator<Item, void, undefined> {
  for (let item = await channel.take(); item; item = await channel.take()) yield item;
}
