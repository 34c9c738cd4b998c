import { CanEvaluatePolicy } from '@stellaops-samples/release-gate-contracts';
import type { BuiltInPlugin } from '@stellaops/plugin-host';
import { definePlugin, implement } from '@stellaops/plugin-sdk';
import { evaluate } from './evaluate.ts';
import { Rules } from './rules.ts';

/** Its id, under which it is configured. */
export const policyEvaluatorId = 'stellaops.policy-evaluator';

/** The plugin that the host links in. It has a manifest like any other, and is held to it. */
export const policyEvaluator: BuiltInPlugin = {
  manifest: {
    manifestVersion: 1,
    id: policyEvaluatorId,
    name: 'Policy evaluator',
    version: '1.0.0',
    description: 'Judges the components of a release by rules',
    entry: 'policy-evaluator.ts',
    provides: [{ capability: CanEvaluatePolicy.id, version: CanEvaluatePolicy.version }],
  },
  plugin: definePlugin({
    config: Rules,
    initialize: ({ config }) => ({
      provides: [implement(CanEvaluatePolicy, { evaluate: async (scanned) => evaluate(config, scanned) })],
    }),
  }),
};
