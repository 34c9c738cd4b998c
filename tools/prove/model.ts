import { modelTiers, type ModelTier } from '../../packages/testing/test/model/backstage.ts';
import { runModel, type ModelResult } from '../../packages/testing/test/model/run-model.ts';
import type { Finding, Proof } from './finding.ts';

/** Actions of one run with real sandboxes, which take their time to start. */
const processRunLength = 40;

/** Whatever is done to a host, in whatever order, it is at rest as the model of it says. */
export const proveModel: Proof = async (progress, { steps, seed, isSandboxed, path }) => {
  const [only, ...replayed] = path?.split('/') ?? [];
  const isMeant = (tier: ModelTier): boolean =>
    only === undefined ? (tier === 'process') === isSandboxed : tier === only;
  const tiers = modelTiers.filter(isMeant);
  const share = Math.ceil(steps / tiers.length);
  const findings: Finding[] = [];
  for (const [index, tier] of tiers.entries()) {
    const result = await runModel({
      tier,
      steps: share,
      seed,
      ...(only !== undefined && { path: replayed.join('/') }),
      ...(tier === 'process' && { maxCommands: processRunLength }),
      onRun: (done) => progress(`${tier}, ${done} steps`, (index + Math.min(1, done / share)) / tiers.length),
    });
    findings.push(finding(tier, result));
  }
  return findings;
};

function finding(tier: ModelTier, { steps, runs, calls, changes, kinds, failure }: ModelResult): Finding {
  const done = Array.from(kinds, ([kind, times]) => `${times} ${kind}`).join(', ');
  const measured = failure
    ? `${failure.problem}\n    pnpm prove model --seed ${failure.seed} --path '${tier}/${failure.path}'`
    : `${steps} steps in ${runs} runs, ${calls} calls, ${changes} changes of state: ${done}`;
  return { what: tier, bound: 'is as the model says', measured, holds: failure === undefined };
}
