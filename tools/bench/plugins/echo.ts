import { Bytes, defineCapability, definePlugin, implement, Type } from '../../../packages/sdk/src/index.ts';

const Records = Type.Object({
  records: Type.Array(
    Type.Object({
      id: Type.Integer(),
      name: Type.String(),
      score: Type.Number(),
      tags: Type.Array(Type.String()),
    }),
  ),
});
const Data = Type.Object({ data: Bytes() });

/** Gives back what it is given: what a call costs is then the way there and back. */
export const Echo = defineCapability({
  id: 'Echo',
  version: 1,
  methods: {
    json: { request: Records, response: Records },
    bytes: { request: Data, response: Data },
    /** Counts the bytes that it is sent. */
    upload: { requestStream: Bytes(), response: Type.Integer() },
    /** Sends items of this size until its caller leaves. */
    download: { request: Type.Object({ itemBytes: Type.Integer() }), responseStream: Bytes() },
  },
});

/** The entry of the package. */
export const plugin = definePlugin({
  initialize: () => ({
    provides: [
      implement(Echo, {
        json: async (records) => records,
        bytes: async (data) => data,
        upload: countBytes,
        download: repeatItem,
      }),
    ],
  }),
});

async function countBytes(items: AsyncIterable<Uint8Array>): Promise<number> {
  let received = 0;
  for await (const item of items) received += item.byteLength;
  return received;
}

async function* repeatItem({ itemBytes }: { itemBytes: number }): AsyncGenerator<Uint8Array> {
  const item = new Uint8Array(itemBytes);
  for (;;) yield item;
}
