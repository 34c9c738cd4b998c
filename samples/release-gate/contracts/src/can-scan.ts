import { Bytes, Type, defineCapability, type Static } from '@stellaops/plugin-sdk';
import { Component, Line } from './component.ts';

/** Why a scanner does not take a lockfile. It is an answer, not an exception: nothing is wrong with the plugin. */
export const ScanRefusal = Type.Object({
  kind: Type.Literal('refused'),
  reason: Type.Union([
    Type.Literal('unknownFormat'),
    Type.Literal('unsupportedVersion'),
    Type.Literal('malformed'),
    Type.Literal('tooLarge'),
  ]),
  /** A clause that follows the name of the lockfile: "is no lockfile that this scanner knows". */
  problem: Line,
});
export type ScanRefusal = Static<typeof ScanRefusal>;

/** What a scanner says while it works: `read` for each piece, then `refused`, or `recognized` and all the components in batches. */
export const ScanEvent = Type.Union([
  Type.Object({ kind: Type.Literal('read'), bytes: Type.Integer({ minimum: 0 }) }),
  ScanRefusal,
  Type.Object({
    kind: Type.Literal('recognized'),
    /** Format and version of the lockfile, as people call it: "pnpm-lock.yaml 9.0". */
    format: Line,
    componentCount: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  }),
  Type.Object({ kind: Type.Literal('components'), components: Type.Array(Component) }),
]);
export type ScanEvent = Static<typeof ScanEvent>;

/** Turns a lockfile into components. The bytes go in and the components come out in pieces, so that size is no matter. */
export const CanScan = defineCapability({
  id: 'CanScan',
  version: 1,
  parameters: Type.Object({ ecosystems: Type.Array(Type.String(), { minItems: 1 }) }),
  methods: {
    scan: { requestStream: Bytes(), responseStream: ScanEvent },
  },
});
