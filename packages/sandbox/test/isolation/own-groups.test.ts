import { describe, expect, it } from '@jest/globals';
import { matchOwnGroups } from '../../src/isolation/cgroups/own-groups.ts';

const v1Mount = (root: string, point: string, controllers: string): string =>
  `30 24 0:26 ${root} ${point} rw,nosuid shared:9 - cgroup cgroup rw,${controllers}`;
const v2Mount = (root: string, point: string): string =>
  `31 24 0:27 ${root} ${point} rw - cgroup2 cgroup2 rw`;

describe('the own control groups of a process', () => {
  it('are found in each hierarchy of a hybrid machine, also where two controllers share one', () => {
    const mounts = [
      v2Mount('/', '/sys/fs/cgroup/unified'),
      v1Mount('/', '/sys/fs/cgroup/memory', 'memory'),
      v1Mount('/', '/sys/fs/cgroup/cpu,cpuacct', 'cpu,cpuacct'),
    ].join('\n');
    expect(matchOwnGroups('4:memory:/user/a\n2:cpuacct,cpu:/\n0::/init.scope\n', mounts)).toEqual([
      {
        version: 1,
        controllers: ['memory'],
        mountPoint: '/sys/fs/cgroup/memory',
        folder: '/sys/fs/cgroup/memory/user/a',
      },
      {
        version: 1,
        controllers: ['cpuacct', 'cpu'],
        mountPoint: '/sys/fs/cgroup/cpu,cpuacct',
        folder: '/sys/fs/cgroup/cpu,cpuacct/',
      },
      {
        version: 2,
        controllers: [],
        mountPoint: '/sys/fs/cgroup/unified',
        folder: '/sys/fs/cgroup/unified/init.scope',
      },
    ]);
  });

  it('are found below a mount that shows a part of the hierarchy, as in a container', () => {
    const mounts = v1Mount('/docker/abc', '/sys/fs/cgroup/pids', 'pids');
    expect(matchOwnGroups('8:pids:/docker/abc\n', mounts)[0]?.folder).toBe('/sys/fs/cgroup/pids/');
    expect(matchOwnGroups('8:pids:/docker/abc/inner\n', mounts)[0]?.folder).toBe('/sys/fs/cgroup/pids/inner');
  });

  it('are not invented where a hierarchy is not mounted, or shows another part', () => {
    expect(
      matchOwnGroups('8:pids:/docker/abcdef\n', v1Mount('/docker/abc', '/sys/fs/cgroup/pids', 'pids')),
    ).toEqual([]);
    expect(matchOwnGroups('8:pids:/\n0::/\n', '')).toEqual([]);
  });

  it('are found where the mount point has a blank in its name', () => {
    const mounts = v2Mount('/', String.raw`/sys/fs/my\040groups`);
    expect(matchOwnGroups('0::/a\n', mounts)[0]?.folder).toBe('/sys/fs/my groups/a');
  });
});
