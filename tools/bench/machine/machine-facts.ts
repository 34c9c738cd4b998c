import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { isOnPath } from '../../bubblewrap.ts';

/** What figures depend on, besides the code. */
export interface MachineFacts {
  readonly processor: string;
  readonly processors: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** Missing when there is no Go toolchain. */
  readonly go?: string;
}

/** Looks at this machine. */
export function readMachineFacts(): MachineFacts {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    ...(isOnPath('go') && { go: readGoVersion() }),
  };
}

function readGoVersion(): string {
  const { stdout } = spawnSync('go', ['version'], { encoding: 'utf8' });
  return stdout.replace(/^go version /, '').trim();
}
