import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { IsolationAspect } from '@stellaops/plugin-abstractions/hosting';
import { startChildHost } from './child-host.ts';
import {
  asUser,
  behindFilter,
  inOpenContainer,
  onMachineChangedBy,
  onWorkerThread,
  withoutControlGroups,
  withoutUserNamespacesLeft,
  type HostCommand,
} from './lacking-machines.ts';
import { makeOrdinaryPrograms, ordinaryUser } from './ordinary-programs.ts';
import { findGroups, findProcessesNaming } from './processes.ts';
import { describeAsRoot } from './stand-in.ts';

const limits: readonly IsolationAspect[] = ['memory', 'cpu', 'processCount'];

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp('/tmp/stella-refused-');
  await chmod(directory, 0o755);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Machine {
  readonly machine: string;
  readonly command: (ordinary: HostCommand) => HostCommand | Promise<HostCommand>;
  readonly waived?: readonly IsolationAspect[];
  readonly problem: string;
  readonly fix: RegExp;
}

const readOnlyGroups =
  'for point in $(grep -E " - cgroup2? " /proc/self/mountinfo | cut -d" " -f5); do mount -o remount,bind,ro $point; done';

/** What is in it stays, for the host and its request may be there. */
const closedTemporaryFolder = `mount -t tmpfs none /mnt && mkdir /mnt/upper /mnt/work &&
  mount -t overlay -o lowerdir=/tmp,upperdir=/mnt/upper,workdir=/mnt/work none /tmp && chmod 700 /tmp`;

const machines: readonly Machine[] = [
  {
    machine: 'whose control groups are read-only',
    command: () => onMachineChangedBy(readOnlyGroups),
    problem: 'the control groups here are read-only',
    fix: /give the container control groups that it may write/,
  },
  {
    machine: 'without control groups',
    command: () => withoutControlGroups(),
    problem: 'are not mounted under /sys/fs/cgroup',
    fix: /mount -t cgroup2 none \/sys\/fs\/cgroup/,
  },
  {
    machine: 'whose /proc is masked',
    command: () => onMachineChangedBy('mount -t tmpfs none /proc/tty'),
    problem: 'a fresh /proc cannot be mounted',
    fix: /systempaths=unconfined.*waivedIsolation: \['processes'\]/,
  },
  {
    machine: 'whose /tmp is not open to all',
    command: () => onMachineChangedBy(closedTemporaryFolder),
    problem: 'may not pass through every folder above /tmp/stella-sandbox-',
    fix: /Let every user pass through them/,
  },
  {
    machine: 'without user namespaces for an ordinary user',
    command: (ordinary) => withoutUserNamespacesLeft(asUser(ordinaryUser, ordinary)),
    waived: limits,
    problem: 'the kernel has no namespaces left to give',
    fix: /sysctl user.max_user_namespaces=/,
  },
  {
    machine: 'that is a container with the usual filter, for an ordinary user',
    command: (ordinary) => behindFilter(directory, 'all', { host: asUser(ordinaryUser, ordinary) }),
    waived: limits,
    problem:
      'the kernel refuses user namespaces to this process, as in a container with the default security profile',
    fix: /start it with a security profile that allows clone, unshare/,
  },
  {
    machine: 'that is a container with the usual filter and capabilities, for root',
    command: () =>
      behindFilter(directory, 'all', { withoutCapabilities: ['CAP_SYS_ADMIN', 'CAP_NET_ADMIN'] }),
    problem:
      'the kernel refuses user namespaces to this process, as in a container with the default security profile',
    fix: /start it with a security profile that allows clone, unshare/,
  },
  {
    machine: 'that is a container of root with an open /proc',
    command: () => inOpenContainer(),
    problem: 'could have programs run outside of it',
    fix: /a user other than root/,
  },
  {
    machine: 'on which the host is a worker thread',
    command: () => onWorkerThread(),
    problem: 'this is a worker thread',
    fix: /on the main thread/,
  },
];

describeAsRoot('a machine that cannot isolate', () => {
  it.each(machines)('is refused for real: one $machine', async ({ command, waived, problem, fix }) => {
    await using programs = await makeOrdinaryPrograms();
    await using host = await startChildHost({
      script: '',
      ...(waived && { waived }),
      owner: ordinaryUser,
      command: await command(programs.host),
    });
    expect(await host.next()).toEqual({
      obstacle: {
        problem: expect.stringContaining(problem),
        fix: expect.stringMatching(fix),
      },
    });
    expect(await findGroups(`.${host.child.pid}.`)).toEqual([]);
    expect(await findProcessesNaming(`--title=${host.title}`)).toEqual([]);
  });
});
