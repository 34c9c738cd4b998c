import {
  Bytes,
  defineCapability,
  definePlugin,
  implement,
  PluginBase,
  Type,
  type PluginContext,
} from '../src/index.ts';
const Greeter = defineCapability({
  id: 'Greeter',
  version: 1,
  methods: {
    greet: {
      request: Type.Object({ name: Type.String() }),
      response: Type.Object({ greeting: Type.String() }),
    },
    count: { request: Type.Object({ to: Type.Integer() }), responseStream: Type.Integer() },
    sum: { requestStream: Type.Integer(), response: Type.Integer() },
    blob: { request: Bytes(), response: Bytes() },
  },
});
export const plugin = definePlugin({
  config: Type.Object({ depth: Type.Integer({ default: 3 }) }),
  initialize: ({ config }) => ({
    provides: [
      implement(Greeter, {
        greet: async ({ name }) => ({ greeting: `Hello, ${name}! ${config.depth}` }),
        async *count({ to }) {
          for (let i = 0; i < to; i++) yield i;
        },
        sum: async (items) => {
          let s = 0;
          for await (const i of items) s += i;
          return s;
        },
        blob: async (b) => b,
      }),
    ],
  }),
});
class G extends PluginBase<{ depth: number }> {
  readonly provides = [implement(Greeter, this)];
  async greet({ name }: { name: string }) {
    return { greeting: name + this.context.config.depth };
  }
  async *count() {
    yield 1;
  }
  async sum() {
    return 1;
  }
  async blob(b: Uint8Array) {
    return b;
  }
}
export const p2 = definePlugin({ config: Type.Object({ depth: Type.Integer() }), plugin: G });
export type C = PluginContext;
