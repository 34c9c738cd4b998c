import { CanEvaluatePolicy } from '@stellaops-samples/release-gate-contracts';
import { definePlugin, implement } from '@stellaops/plugin-sdk';
import { evaluate } from './evaluate.ts';
import { Rules } from './rules.ts';

/** A plugin that the host links in has a manifest like any other, so that its capabilities are enforced the same way. */
export const manifest = {
  manifestVersion: 1,
  id: 'stellaops.policy-evaluator',
  name: 'Policy evaluator',
  version: '1.0.0',
  description: 'Judges the components of a release by rules',
  entry: 'policy-evaluator.js',
  provides: [{ capability: 'CanEvaluatePolicy', version: 1 }],
} as const;

export const plugin = definePlugin({
  config: Rules,
  initialize: ({ config }) => ({
    provides: [implement(CanEvaluatePolicy, { evaluate: async (scanned) => evaluate(config, scanned) })],
  }),
});
