import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { defaultSandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import { openControlGroups } from '../../src/isolation/cgroups/open-control-groups.ts';
import { SystemdScope } from '../../src/isolation/cgroups/systemd-scope.ts';
import { describeIsolated, isRoot } from './stand-in.ts';

const isManaged = existsSync('/run/systemd/system') && existsSync('/sys/fs/cgroup/cgroup.controllers');
const describeWithSystemd = isManaged ? describeIsolated : describe.skip;
const manager = isRoot ? 'system' : 'user';

describeWithSystemd('control groups on a machine with systemd', () => {
  it('keep their limits when systemd starts something else', async () => {
    const groups = await openControlGroups();
    if ('problem' in groups) throw new Error(groups.problem);
    const limits = { ...defaultSandboxLimits, memoryLimitMiB: 100, maxProcesses: 20 };
    const group = await groups.create('acme.scanner', limits);
    try {
      await group.limitCpu(0.5);
      const another = [
        `--${manager}`,
        '--quiet',
        '--wait',
        '-p',
        'MemoryMax=64M',
        '-p',
        'TasksMax=10',
        'true',
      ];
      await promisify(execFile)('systemd-run', another);
      expect(await group.readLimits()).toEqual({
        memoryLimitMiB: 100,
        cpuLimitCores: 0.5,
        maxProcesses: 20,
      });
    } finally {
      await group.remove();
    }
  });

  it('are made in a scope beside the host, which stays where it is', async () => {
    const before = await readFile('/proc/self/cgroup', 'utf8');
    const scope = await SystemdScope.start(manager);
    expect(scope.folder).toContain(`.${process.pid}.`);
    expect(await readFile('/proc/self/cgroup', 'utf8')).toBe(before);
  });
});
