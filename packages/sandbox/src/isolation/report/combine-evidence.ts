import {
  isolationAspects,
  type IsolationAspect,
  type IsolationEvidence,
  type IsolationFinding,
  type IsolationReport,
} from '@stellaops/plugin-abstractions/hosting';
import type { AspectEvidence } from './aspect-evidence.ts';

type Source = IsolationEvidence['source'];

/** Who must have looked before an aspect counts as enforced. */
const expectedSources: Readonly<Record<IsolationAspect, readonly Source[]>> = {
  fileSystem: ['runner', 'kernel'],
  network: ['runner', 'kernel'],
  processes: ['runner', 'kernel'],
  environment: ['runner', 'kernel'],
  privileges: ['runner', 'kernel'],
  systemCalls: ['runner', 'kernel', 'trial'],
  memory: ['kernel', 'trial'],
  cpu: ['runner', 'kernel', 'trial'],
  processCount: ['kernel', 'trial'],
};

/** Makes a report of what was seen. A source that should have looked and did not is evidence against an aspect. */
export function combineEvidence(mechanism: string, seen: readonly AspectEvidence[]): IsolationReport {
  const findings = isolationAspects.map((aspect) => {
    const evidence = seen.filter((one) => one.aspect === aspect);
    const missing = expectedSources[aspect].filter((wanted) =>
      evidence.every(({ source }) => source !== wanted),
    );
    return [aspect, judge([...evidence, ...missing.map((source) => sawNothing(aspect, source))])] as const;
  });
  return { mechanism, aspects: Object.fromEntries(findings) as Record<IsolationAspect, IsolationFinding> }; // one for each
}

/** Enforced is only what nothing speaks against, by means that are known. */
function judge(evidence: readonly AspectEvidence[]): IsolationFinding {
  const held = evidence.filter((one) => one.held);
  const by = [...new Set(held.flatMap((one) => one.by ?? []))];
  const isEnforced = held.length === evidence.length && by.length > 0;
  return {
    state: isEnforced ? 'enforced' : by.length > 0 ? 'degraded' : 'absent',
    by,
    evidence: evidence.map(({ source, tried, saw, held: hasHeld }) => ({
      source,
      tried,
      saw,
      held: hasHeld,
    })),
  };
}

function sawNothing(aspect: IsolationAspect, source: Source): AspectEvidence {
  return { aspect, source, tried: 'anything at all', saw: `the ${source} told nothing`, held: false };
}
