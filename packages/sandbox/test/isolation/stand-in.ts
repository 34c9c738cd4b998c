import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';

export { startStandIn } from './start-stand-in.ts';

export const isRoot = process.getuid?.() === 0;

/** For what only root can set up, or do. */
export const describeAsRoot = process.platform === 'linux' && isRoot ? describe : describe.skip;

/** For what holds as whoever may isolate: root, and a user for whom systemd makes control groups of version 2. */
export const describeIsolated =
  process.platform === 'linux' && (isRoot || hasUserScopes()) ? describe : describe.skip;

function hasUserScopes(): boolean {
  const manager = `/run/user/${process.getuid?.()}/systemd/private`;
  return existsSync('/sys/fs/cgroup/cgroup.controllers') && existsSync(manager);
}
