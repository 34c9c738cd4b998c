import { defineCapability, definePlugin, implement, Type } from '@stellaops/plugin-sdk';

/** Ways to die. */
export const Acrobat = defineCapability({
  id: 'Acrobat',
  version: 1,
  methods: {
    ping: { request: Type.Null(), response: Type.String() },
    die: {
      request: Type.Union([
        Type.Literal('exit'),
        Type.Literal('throw'),
        Type.Literal('hog'),
        Type.Literal('spin'),
        Type.Literal('wait'),
      ]),
      response: Type.Null(),
    },
    dieAfter: { request: Type.Integer(), responseStream: Type.Integer() },
  },
});

/** The entry of the package. */
export const plugin = definePlugin({
  initialize: ({ logger }) => ({
    provides: [
      implement(Acrobat, {
        ping: async () => 'pong',
        die: async (way) => {
          logger.info('the show begins');
          if (way === 'exit') process.exit(7);
          if (way === 'throw') setImmediate(() => fall());
          if (way === 'hog') hog();
          if (way === 'spin') for (;;);
          return new Promise<never>(() => undefined);
        },
        async *dieAfter(items) {
          for (let item = 1; item <= items; item++) yield item;
          process.exit(7);
        },
      }),
    ],
  }),
});

function fall(): never {
  throw new Error('the rope is cut');
}

function hog(): never {
  const held: Buffer[] = [];
  for (;;) held.push(Buffer.alloc(8 * 1024 * 1024, 1));
}
