import { defineCapability, definePlugin, implement, Type } from '../../../packages/sdk/src/index.ts';

/** Does as little as can be: what a call costs is then the call. */
export const Tick = defineCapability({
  id: 'Tick',
  version: 1,
  methods: { tick: { request: Type.Integer(), response: Type.Integer() } },
});

/** The entry of the package. */
export const plugin = definePlugin({
  initialize: () => ({ provides: [implement(Tick, { tick: async (count) => count + 1 })] }),
});
