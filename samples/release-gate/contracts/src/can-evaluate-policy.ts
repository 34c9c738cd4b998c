import { Type, defineCapability, type Static } from '@stellaops/plugin-sdk';
import { Component, Line } from './component.ts';

/** What the components of a release were found to be; a scan that failed is evaluated too, with what it found until then. */
export const ScanResult = Type.Object({
  components: Type.Array(Component),
  /** Why the components are not complete. */
  problem: Type.Optional(Line),
});
export type ScanResult = Static<typeof ScanResult>;

export const Violation = Type.Object({
  rule: Type.Union([Type.Literal('notScanned'), Type.Literal('denied'), Type.Literal('duplicate')]),
  severity: Type.Union([Type.Literal('fail'), Type.Literal('warn')]),
  /** The package, with one version or several. */
  subject: Line,
  reason: Line,
});
export type Violation = Static<typeof Violation>;

/** `fail` when a violation fails, else `warn` when there is one, else `pass`. Violations that fail come first. */
export const Verdict = Type.Object({
  outcome: Type.Union([Type.Literal('pass'), Type.Literal('warn'), Type.Literal('fail')]),
  violations: Type.Array(Violation),
});
export type Verdict = Static<typeof Verdict>;

/** Decides whether a release may go out. */
export const CanEvaluatePolicy = defineCapability({
  id: 'CanEvaluatePolicy',
  version: 1,
  methods: {
    evaluate: { request: ScanResult, response: Verdict },
  },
});
