import {
  isolationAspects,
  type IsolationFinding,
  type IsolationReport,
} from '@stellaops/plugin-abstractions/hosting';

const strength = { absent: 0, degraded: 1, enforced: 2 } as const;

/** What holds of every one of several sandboxes: of each aspect the weakest finding. */
export function weakestIsolation(
  first: IsolationReport,
  others: readonly IsolationReport[],
): IsolationReport {
  const aspects = isolationAspects.map((aspect) => {
    const findings = others.map((report) => report.aspects[aspect]);
    return [aspect, findings.reduce(weaker, first.aspects[aspect])] as const;
  });
  return { ...first, aspects: Object.fromEntries(aspects) as IsolationReport['aspects'] }; // each has its entry
}

/** Evidence against an aspect outweighs what its state says. */
function weaker(one: IsolationFinding, other: IsolationFinding): IsolationFinding {
  return strengthOf(other) < strengthOf(one) ? other : one;
}

function strengthOf({ state, evidence }: IsolationFinding): number {
  return evidence.every(({ held }) => held) ? strength[state] : -1;
}
