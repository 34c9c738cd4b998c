import { execFileSync } from 'node:child_process';
import { chmod, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { killProcesses } from '../../../src/isolation/cgroups/group-files.ts';
import { eventually } from '../../isolation/processes.ts';
import { findGroupsOf, findMembers } from '../groups-of.ts';
import type { HostileCase, Watched } from '../hostile-case.ts';
import { call } from '../raw/numbers.ts';

/** Ends the plugin's own process, and looks for what it had started once its sandbox counts as gone. */
async function watchEnd({ standIn, removed }: Watched): Promise<string> {
  await standIn.report();
  const groups = await findGroupsOf(standIn.process.pid);
  const members = await findMembers(groups);
  for (const pid of members) if (await isPlugin(pid)) process.kill(pid, 'SIGKILL');
  await standIn.exit();
  const left = await findLiving(members);
  if (removed.has('kill of the whole control group')) await clearAway(groups);
  return left.length === 0 ? 'gone' : 'left';
}

async function clearAway(groups: readonly string[]): Promise<void> {
  await eventually(async () => {
    for (const group of groups) await killProcesses(group);
    return (await findMembers(groups)).length === 0;
  }, 'what was left is gone');
  for (const group of groups) await rmdir(group);
}

/** Asks it to end, or ends it. */
async function watchKill({ standIn, removed }: Watched): Promise<string> {
  await standIn.report();
  const members = await findMembers(await findGroupsOf(standIn.process.pid));
  if (removed.has('a kill that cannot be ignored')) {
    for (const pid of members) if (await isPlugin(pid)) process.kill(pid, 'SIGTERM');
    return String(await standIn.report());
  }
  await standIn.process.kill();
  return (await findLiving(members)).length === 0 ? 'gone' : 'left';
}

async function isPlugin(pid: number): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.startsWith('/runtime/node');
}

async function findLiving(pids: readonly number[]): Promise<readonly number[]> {
  const states = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return pids.filter((_, index) => /\) [^ZX] /.test(states[index] ?? ''));
}

/** Gives a program of the package, which belongs to the host's user, the bit that lets it run as that user. */
async function watchSetUserId({ standIn }: Watched): Promise<number> {
  const packageDirectory = join(standIn.directory, 'package');
  const file = (await readdir(packageDirectory)).find((name) => name.endsWith('whoami')) ?? '';
  await chmod(join(packageDirectory, file), 0o4755);
  return Number(await standIn.report());
}

const ignoresSetUserId = (directory: string): boolean =>
  execFileSync('findmnt', ['--noheadings', '--output', 'OPTIONS', '--target', directory], {
    encoding: 'utf8',
  })
    .split(',')
    .includes('nosuid');

/** What wants to be there for longer than it may, or as somebody else. */
export const staying: readonly HostileCase[] = [
  {
    name: 'lets go of programs that are to outlive it',
    // Two processes: one writes the result of the first call, both those of the two after it.
    programs: { daemon: { calls: [call('setsid'), call('clone', 17n), call('setsid'), call('ppoll')] } },
    attempt: `const letGo = () => new Promise((resolve) => {
        let written = 0;
        spawn(program('daemon'), { stdio: ['ignore', 'pipe', 'ignore'], detached: true })
          .stdout.on('data', (chunk) => { written += chunk.length; if (written === ${5 * 8}) resolve(); });
      });
      await Promise.all(Array.from({ length: 3 }, letGo));
      return 'let go'`,
    watch: watchEnd,
    denied: 'gone',
    defences: ['process namespace', 'kill of the whole control group'],
    succeeds: 'left',
    alone: {},
  },
  {
    name: 'ignores that it is asked to end',
    attempt: `process.on('SIGTERM', () => report('ignored')); return 'up'`,
    watch: watchKill,
    denied: 'gone',
    defences: ['a kill that cannot be ignored'],
    succeeds: 'ignored',
    alone: {},
  },
  {
    name: 'runs a program of root that has the set-user-id bit',
    programs: { whoami: { calls: [call('geteuid')] } },
    attempt: `while ((fs.statSync(program('whoami')).mode & 0o4000) === 0) await pause();
      return run(program('whoami'))`,
    watch: watchSetUserId,
    denied: 65_534,
    defences: ['no new privileges'],
    succeeds: 0,
    alone: {},
    impossible: ignoresSetUserId('/tmp') ? 'the mount of /tmp ignores the bit (nosuid)' : undefined,
  },
];
