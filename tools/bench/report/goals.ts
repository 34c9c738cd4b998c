/** What a figure has to be. */
export interface Goal {
  readonly name: string;
  /** What must be met: where it is not, the command fails. */
  readonly gate: number | string;
  /** What is aimed at. */
  readonly goal: number | string;
  readonly better: 'less' | 'more';
  readonly unit: 'x' | 'ns' | 'ms' | '';
}

/** Every figure that has a gate. */
export const goals = {
  callToRaw: goal('small call, p50, against raw Unix socket, pinned', 2.5, 2),
  callToGoPlugin: goal('small call, p50, against go-plugin', 0.75, 0.6),
  rateToGoPlugin: goal('calls/s at 64 in flight, against go-plugin', 3.5, 5, 'more'),
  rateToGrpc: goal('calls/s at 64 in flight, against grpc-js unary', 20, 30, 'more'),
  uploadToRaw: goal('64 KiB stream to the plugin, MB/s, against raw', 0.45, 0.65, 'more'),
  uploadToGoPlugin: goal('64 KiB stream to the plugin, MB/s, against go-plugin', 1.1, 1.5, 'more'),
  downloadToRaw: goal('64 KiB stream to the host, MB/s, against raw', 0.45, 0.65, 'more'),
  downloadToGoPlugin: goal('64 KiB stream to the host, MB/s, against go-plugin', 1.1, 1.5, 'more'),
  megabyteToRaw: goal('1 MiB binary call, p50, against raw', 3.5, 2.7),
  megabyteToGoPlugin: goal('1 MiB binary call, p50, against go-plugin', 0.7, 0.55),
  coldStart: goal('cold start, spawn to active with isolation, against bare node', 3.5, 3),
  warmStart: goal('warm start, from the pool, against bare node', 0.2, 0.1),
  idleMemory: goal('RSS of an idle sandbox, from the second start, against bare node', 1.5, 1.4),
  builtIn: {
    ...goal('built-in call', 0, 0),
    gate: 'the object itself',
    goal: 'the object itself',
    unit: '',
  },
  trustedTimed: goal('trusted call, added: counted and timed', 180, 60, 'less', 'ns'),
  trustedBounded: goal('trusted call, added: with deadline and bound', 600, 350, 'less', 'ns'),
  builtInStarts: goal('start of 1,000 built-in plugins with a registry in memory', 1000, 500, 'less', 'ms'),
  lazyProcesses: {
    ...goal('processes of 300 untrusted plugins before their first call', 0, 0),
    gate: '0',
    goal: '0',
    unit: '',
  },
  fleetQuarantine: goal(
    'quarantine, from its commit to the last host that has stopped it, p99',
    1000,
    500,
    'less',
    'ms',
  ),
  auditAppend: goal('audit events appended, events/s of the first against the last', 1.5, 1.1),
  auditQuery: goal('audit events of a plugin, p50, the whole trail against a tenth', 2, 1.2),
  auditVerify: goal('audit trail verified, s per event, the whole trail against a tenth', 1.5, 1.1),
  auditMemory: goal('memory to verify an audit trail, the whole trail against a tenth', 1.5, 1.2),
} as const satisfies Readonly<Record<string, Goal>>;

/** One of the figures that have a gate. */
type GoalName = keyof typeof goals;
/** What was measured of them. */
export type GoalValues = { readonly [Name in GoalName]?: number | string | undefined };

/** A figure beside what it has to be. */
export interface Gate extends Goal {
  readonly value: number | string;
  readonly pass: boolean;
  readonly isGoalMet: boolean;
}

/** Holds figures to their gates, in the order of the goals; what was not measured is left out. */
export function judge(values: GoalValues): readonly Gate[] {
  return Object.entries<Goal>(goals).flatMap(([name, each]): Gate[] => {
    const value = values[name as GoalName]; // a key of the goals
    if (value === undefined) return [];
    const meets = (limit: number | string): boolean => {
      if (typeof value === 'string' || typeof limit === 'string') return value === limit;
      return each.better === 'less' ? value <= limit : value >= limit;
    };
    return [{ ...each, value, pass: meets(each.gate), isGoalMet: meets(each.goal) }];
  });
}

function goal(
  name: string,
  gate: number,
  aim: number,
  better: Goal['better'] = 'less',
  unit: Goal['unit'] = 'x',
): Goal {
  return { name, gate, goal: aim, better, unit };
}
