import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import type { ControlGroups } from './control-group.ts';
import { ownPrefix } from './group-names.ts';

/**
 * Waits for the end of its input, which is the end of the host, however it ends. Then it lifts the limit of the processor in the
 * groups whose paths begin with its arguments, kills what is in them, and removes them.
 */
const script = `
trap '' HUP INT QUIT TERM PIPE
read -r end
round=0
while [ $round -lt 500 ]; do
  left=
  for prefix; do
    for group in "$prefix"*; do
      [ -d "$group" ] || continue
      left=1
      [ -e "$group/cpu.cfs_quota_us" ] && echo -1 > "$group/cpu.cfs_quota_us"
      [ -e "$group/cpu.max" ] && echo max > "$group/cpu.max"
      while read -r pid; do kill -9 "$pid"; done < "$group/cgroup.procs"
      rmdir "$group"
    done
  done
  [ $left ] || exit 0
  round=$((round + 1))
  sleep 0.02 || sleep 1
done
`;

/**
 * Starts a small process that outlives this one by moments, and sees to it that no sandbox does. The kernel's own signal at the
 * death of a parent (PR_SET_PDEATHSIG(2const)) is not enough: it comes to nothing while bubblewrap is setting up, and takes
 * tens of seconds where the processor is limited.
 */
export async function startDeathWatch({ parents }: ControlGroups): Promise<void> {
  const prefix = await ownPrefix();
  const prefixes = parents.map((folder) => join(folder, prefix));
  const key = prefixes.join(' ');
  const watch = watches.get(key) ?? spawnWatch(prefixes);
  watches.set(key, watch);
  await watch;
}

/** The groups of one process have one prefix, however many sandboxes it makes. */
const watches = new Map<string, Promise<void>>();

async function spawnWatch(prefixes: readonly string[]): Promise<void> {
  const watch = spawn('/bin/sh', ['-c', script, 'stella-death-watch', ...prefixes], {
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(watch, 'spawn');
  // Neither keeps the host alive.
  watch.unref();
  (watch.stdin as Socket).unref(); // a pipe of a child process is a socket
}
