import { defineCapability, Type } from '@stellaops/plugin-sdk';

/** Tells what became of its code. */
export const Memoirist = defineCapability({
  id: 'Memoirist',
  version: 1,
  methods: {
    tell: {
      request: Type.Object({}),
      response: Type.Object({
        word: Type.String(),
        /** How often its modules were run. */
        runs: Type.Integer(),
        /** What came of an attempt to write where compiled code is shown. */
        writing: Type.String(),
        /** What is left in the temporary directory. */
        temporary: Type.Array(Type.String()),
        /** The source position of an error, as a stack tells it. */
        place: Type.String(),
      }),
    },
  },
});
