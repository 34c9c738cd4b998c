import { Bytes, defineCapability, Type } from '@stellaops/plugin-sdk';

/** Has a plugin call what it requires, and tells what came of it. */
export const Visitor = defineCapability({
  id: 'Visitor',
  version: 1,
  methods: {
    visit: {
      request: Type.Object({
        capability: Type.String(),
        method: Type.String(),
        /** With binary data at any depth, as in the answer; an array where the request streams. */
        input: Type.Unknown(),
        timeoutMs: Type.Optional(Type.Integer()),
        bytes: Type.Optional(Bytes()),
      }),
      response: Type.Object({
        answer: Type.Optional(Type.Unknown()),
        code: Type.Optional(Type.String()),
        message: Type.Optional(Type.String()),
        bytes: Type.Optional(Bytes()),
      }),
    },
  },
});
