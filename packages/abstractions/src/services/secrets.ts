import { defineCapability } from '../contract/capability.ts';
import { Bytes } from '../contract/schema.ts';
import * as Type from '../contract/type.ts';

const Name = Type.String({ minLength: 1, maxLength: 256 });

/**
 * What the operator keeps for a plugin. A key is used by the host, and the plugin never sees it; a text is handed out. What was not granted
 * to the plugin, and what there is not, is refused alike with `CAPABILITY_DENIED`. Every use stands in the audit trail.
 */
export const Secrets = defineCapability({
  id: 'Secrets',
  version: 1,
  methods: {
    /** A signature or a message authentication code, with the algorithm as JOSE names it (RFC 7518, RFC 8037). */
    sign: {
      request: Type.Object({ name: Name, data: Bytes() }),
      response: Type.Object({
        signature: Bytes(),
        algorithm: Type.Enum(['HS256', 'ES256', 'EdDSA']),
      }),
    },
    reveal: { request: Type.Object({ name: Name }), response: Type.Object({ value: Type.String() }) },
  },
});
