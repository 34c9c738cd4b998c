import { Bytes, defineCapability, definePlugin, implement, Type } from '../../../packages/sdk/src/index.ts';

/** Moves bytes: as many chunks as it is asked for, or as many as it is given. */
export const Pump = defineCapability({
  id: 'Pump',
  version: 1,
  methods: {
    send: {
      request: Type.Object({ chunks: Type.Integer(), chunkBytes: Type.Integer() }),
      responseStream: Bytes(),
    },
    take: { requestStream: Bytes(), response: Type.Number() },
    ping: { request: Type.Null(), response: Type.Null() },
  },
});

/** The entry of the package. */
export const plugin = definePlugin({
  initialize: () => ({
    provides: [
      implement(Pump, {
        send: async function* send({ chunks, chunkBytes }) {
          const chunk = new Uint8Array(chunkBytes);
          for (let sent = 0; sent < chunks; sent++) yield chunk;
        },
        take: async (chunks) => {
          let bytes = 0;
          for await (const { byteLength } of chunks) bytes += byteLength;
          return bytes;
        },
        ping: async () => null,
      }),
    ],
  }),
});
