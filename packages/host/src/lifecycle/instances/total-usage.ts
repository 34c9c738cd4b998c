import type { SandboxUsage } from '@stellaops/plugin-abstractions/hosting';

const counters = ['cpuMs', 'sentBytes', 'receivedBytes', 'droppedLogLines'] as const;

/** What several use together; what nothing counts in any of them is `undefined`. */
export function totalUsage(usages: readonly SandboxUsage[]): SandboxUsage {
  return sums(['memoryBytes', ...counters], usages);
}

/** What stays of the usage of one that is gone: its counters, which must not go back. */
export function countersOf(usage: SandboxUsage): SandboxUsage {
  return sums(counters, [usage]);
}

function sums(names: readonly (keyof SandboxUsage)[], usages: readonly SandboxUsage[]): SandboxUsage {
  const entries = names.map((name) => {
    const counted = usages.map((usage) => usage[name]).filter((value) => value !== undefined);
    const sum = counted.reduce((total, value) => total + value, 0);
    return [name, counted.length > 0 ? sum : undefined] as const;
  });
  return Object.fromEntries(entries);
}
