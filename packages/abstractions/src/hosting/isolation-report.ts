/** What a sandbox keeps a plugin from, part by part. */
export const isolationAspects = [
  'fileSystem',
  'network',
  'processes',
  'environment',
  'privileges',
  'systemCalls',
  'memory',
  'cpu',
  'processCount',
] as const;

/** One part of isolation. */
export type IsolationAspect = (typeof isolationAspects)[number];

/** One attempt to see whether an aspect holds. */
export interface IsolationEvidence {
  /**
   * Who looked: the `runner` from inside, before any code of the plugin was loaded; the host in what the `kernel` says of this
   * very process; or the host in a `trial`, a throw-away sandbox that ran into the limit.
   */
  readonly source: 'runner' | 'kernel' | 'trial';
  /** What was tried or read. */
  readonly tried: string;
  /** What came of it. */
  readonly saw: string;
  /** Whether that is what isolation asks for. */
  readonly held: boolean;
}

/** How far an aspect is enforced. */
export interface IsolationFinding {
  /** `degraded`: something weaker than the mechanism's own means stands in for it. Never `enforced` without evidence. */
  readonly state: 'enforced' | 'degraded' | 'absent';
  /** The means of the operating system, such as `network namespace`. */
  readonly by: readonly string[];
  readonly evidence: readonly IsolationEvidence[];
}

/** What was seen of the isolation of one running sandbox. */
export interface IsolationReport {
  /** What isolates, such as `bubblewrap 0.8.0`. */
  readonly mechanism: string;
  readonly aspects: Readonly<Record<IsolationAspect, IsolationFinding>>;
}

/**
 * Which of the required aspects are not enforced, with what was seen instead, for people; `undefined` when all are. An aspect
 * without evidence, or with evidence against it, counts as not enforced whatever its state says.
 */
export function isolationShortfall(
  { aspects }: IsolationReport,
  required: readonly IsolationAspect[],
): string | undefined {
  const missing = required.flatMap((aspect) => {
    const { state, evidence } = aspects[aspect];
    const against = evidence.find(({ held }) => !held);
    if (against) return [`${aspect} (${against.tried}: ${against.saw})`];
    if (state !== 'enforced') return [`${aspect} (${state})`];
    return evidence.length === 0 ? [`${aspect} (nobody has seen it enforced)`] : [];
  });
  return missing.length === 0 ? undefined : missing.join(', ');
}

/** The report of something that isolates nothing, or has not been looked at. */
export function noIsolation(mechanism: string): IsolationReport {
  const absent: IsolationFinding = { state: 'absent', by: [], evidence: [] };
  const aspects = Object.fromEntries(isolationAspects.map((aspect) => [aspect, absent]));
  return { mechanism, aspects: aspects as Record<IsolationAspect, IsolationFinding> }; // each has its entry
}
