import { defineCapability, Type } from '@stellaops/plugin-sdk';

/** What the plugin of these tests can do. */
export const Greeter = defineCapability({
  id: 'Greeter',
  version: 1,
  methods: {
    greet: { request: Type.Object({ name: Type.String() }), response: Type.String() },
    fail: { request: Type.Object({ message: Type.String() }), response: Type.Null() },
    hang: { request: Type.Null(), response: Type.Null() },
    count: { request: Type.Integer(), responseStream: Type.Integer() },
  },
});
