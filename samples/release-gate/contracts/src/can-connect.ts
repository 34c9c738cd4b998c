import { Type, defineCapability, type Static } from '@stellaops/plugin-sdk';
import { Verdict } from './can-evaluate-policy.ts';
import { Line } from './component.ts';

/** What an auditor needs to see which input was judged, when, and how. */
export const Evidence = Type.Object({
  lockfile: Type.Object({ name: Line, sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) }),
  judgedAt: Type.String({ format: 'date-time' }),
  componentCount: Type.Integer({ minimum: 0 }),
  verdict: Verdict,
});
export type Evidence = Static<typeof Evidence>;

/** Where evidence was delivered, and under which id the receiver keeps it. */
export const Receipt = Type.Object({ url: Line, id: Line });
export type Receipt = Static<typeof Receipt>;

/** Delivers evidence to another system. */
export const CanConnect = defineCapability({
  id: 'CanConnect',
  version: 1,
  methods: {
    deliver: { request: Evidence, response: Receipt },
  },
});
