import type { SandboxLimits } from '../../../packages/abstractions/src/hosting.ts';

/** What stress-ng(1) is told to do, and the limit that it runs into. */
export type Scenario = {
  readonly name: string;
  readonly stressors: string;
  readonly limits: Partial<SandboxLimits>;
} & (
  | { readonly limit: 'cpu'; readonly cpuLimitCores: number }
  | { readonly limit: 'memory'; readonly memoryLimitMiB: number; readonly mustBeReached: boolean }
  | { readonly limit: 'processes'; readonly maxProcesses: number }
);

const cpu = (cpuLimitCores: number): Scenario => ({
  name: `4 workers, limit ${cpuLimitCores} cores`,
  stressors: '--cpu 4',
  limits: { cpuLimitCores },
  limit: 'cpu',
  cpuLimitCores,
});

const memory = (name: string, stressors: string, mustBeReached: boolean): Scenario => ({
  name,
  stressors,
  limits: { memoryLimitMiB: 256 },
  limit: 'memory',
  memoryLimitMiB: 256,
  mustBeReached,
});

/** With memory to spare, so that this limit is the one that is met. */
const processes = (name: string, stressors: string): Scenario => ({
  name,
  stressors,
  limits: { maxProcesses: 64, memoryLimitMiB: 1024 },
  limit: 'processes',
  maxProcesses: 64,
});

/** All of them ask for more than they may have. */
export const scenarios: readonly Scenario[] = [
  cpu(0.5),
  cpu(1),
  memory('anonymous memory', '--vm 4 --vm-bytes 256M --vm-keep', true),
  memory('mapped memory', '--mmap 4 --mmap-bytes 256M', true),
  memory('anonymous files', '--memfd 4 --memfd-bytes 256M', true),
  memory('shared memory', '--shm-sysv 4 --shm-sysv-bytes 64M', true),
  memory('temporary files', '--hdd 2 --hdd-bytes 128M', false),
  processes('fork', '--fork 4 --fork-max 64'),
  processes('clone', '--clone 4 --clone-max 64'),
  processes('threads', '--pthread 4 --pthread-max 64'),
];
