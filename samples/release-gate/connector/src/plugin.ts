import { CanConnect } from '@stellaops-samples/release-gate-contracts';
import { Type, definePlugin, implement } from '@stellaops/plugin-sdk';

export const plugin = definePlugin({
  config: Type.Object({ url: Type.String({ format: 'uri', pattern: '^https?://' }) }),
  initialize: ({ config: { url }, logger }) => ({
    provides: [
      implement(CanConnect, {
        async deliver(evidence, { signal } = {}) {
          const response = await fetch(url, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(evidence),
            ...(signal && { signal }),
          });
          if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
          const { id } = Object(await response.json());
          if (typeof id !== 'string') throw new Error(`${url} took the evidence and named no receipt`);
          logger.info({ url, id }, 'evidence delivered');
          return { url, id };
        },
      }),
    ],
  }),
});
