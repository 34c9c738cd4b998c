import { Type, defineCapability } from '@stellaops/plugin-sdk';

/** What all three plugins do, so that their calls can be compared. */
export const Digester = defineCapability({
  id: 'Digester',
  version: 1,
  methods: {
    /** SHA-256 so many times over: what one call costs is for the caller to say. Fails for an empty text. */
    digest: {
      request: Type.Object({ text: Type.String(), rounds: Type.Integer({ minimum: 1, maximum: 100_000 }) }),
      response: Type.Object({ sha256: Type.String() }),
    },
  },
});
