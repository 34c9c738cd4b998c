import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { defaultSandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import { CgroupV2 } from '../../src/isolation/cgroups/cgroup-v2.ts';
import { divideV2Group } from '../../src/isolation/cgroups/divide-v2-group.ts';

/** Plain files in place of the kernel's: what is written can be read back, and what would be read can be written. */
async function makeTree(
  groups: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp('/tmp/stella-cgroup2-');
  for (const [group, files] of Object.entries(groups)) {
    await mkdir(join(path, group), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(path, group, name), text);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const all = 'cpuset cpu io memory pids';

describe('a group of version 2', () => {
  it('has the limits of the plugin, and the processor only when it is applied', async () => {
    await using tree = await makeTree({ '.': {} });
    const group = await new CgroupV2(tree.path).create('acme.scanner', defaultSandboxLimits);
    expect(group.name).toMatch(/^stella-plugin-\d+\.\d+\.\d+-[\da-f]{8}-acme\.scanner$/);
    const read = (file: string): Promise<string> => readFile(join(tree.path, group.name, file), 'utf8');
    expect(await read('memory.max')).toBe(String(256 * 1024 * 1024));
    expect(await read('memory.oom.group')).toBe('1');
    expect(await read('pids.max')).toBe('64');
    await expect(read('cpu.max')).rejects.toThrow('ENOENT');
    await group.limitCpu(1.5);
    expect(await read('cpu.max')).toBe('150000 100000');
    await group.limitCpu(undefined);
    expect(await read('cpu.max')).toBe('max 100000');
    await group.add(4711);
    expect(await read('cgroup.procs')).toBe('4711');
  });

  it('tells what the kernel counted', async () => {
    await using tree = await makeTree({ '.': {} });
    const group = await new CgroupV2(tree.path).create('acme.scanner', defaultSandboxLimits);
    const write = (file: string, text: string): Promise<void> =>
      writeFile(join(tree.path, group.name, file), text);
    await write('memory.events', 'low 0\nhigh 0\nmax 12\noom 1\noom_kill 3\noom_group_kill 1\n');
    await write('pids.events', 'max 5\n');
    await write('memory.peak', String(100.25 * 1024 * 1024));
    await write('cpu.stat', 'usage_usec 1234567\nuser_usec 1000000\n');
    expect(await group.readUsage()).toEqual({
      memoryKills: 3,
      processRefusals: 5,
      peakMemoryMiB: 100.3,
      cpuMs: 1235,
    });
  });

  it('tells nothing that an older kernel does not count', async () => {
    await using tree = await makeTree({ '.': {} });
    const group = await new CgroupV2(tree.path).create('acme.scanner', defaultSandboxLimits);
    expect(await group.readUsage()).toEqual({
      memoryKills: 0,
      processRefusals: 0,
      peakMemoryMiB: undefined,
      cpuMs: undefined,
    });
  });
});

describe('the place for groups of version 2', () => {
  it('is the own group where it hands the controllers down', async () => {
    await using tree = await makeTree({
      service: { 'cgroup.controllers': all, 'cgroup.subtree_control': 'cpu memory pids' },
    });
    expect(await divideV2Group(join(tree.path, 'service'), tree.path)).toBe(join(tree.path, 'service'));
  });

  it('is the nearest one above where the own one has not got them', async () => {
    await using tree = await makeTree({
      '.': { 'cgroup.controllers': all, 'cgroup.subtree_control': all },
      user: { 'cgroup.controllers': 'memory pids', 'cgroup.subtree_control': 'memory pids' },
      'user/session': { 'cgroup.controllers': 'memory pids', 'cgroup.subtree_control': '' },
    });
    expect(await divideV2Group(join(tree.path, 'user/session'), tree.path)).toBe(tree.path);
  });

  it('is told to hand them down where it can', async () => {
    await using tree = await makeTree({
      service: { 'cgroup.controllers': all, 'cgroup.subtree_control': '' },
    });
    const place = await divideV2Group(join(tree.path, 'service'), tree.path);
    expect(place).toBe(join(tree.path, 'service'));
    expect(await readFile(join(tree.path, 'service/cgroup.subtree_control'), 'utf8')).toBe(
      '+memory +cpu +pids',
    );
  });

  it('does not exist where no group up to the mount point has the controllers', async () => {
    await using tree = await makeTree({
      'a/b': { 'cgroup.controllers': 'hugetlb', 'cgroup.subtree_control': '' },
    });
    expect(await divideV2Group(join(tree.path, 'a/b'), tree.path)).toBeUndefined();
    expect(await readdir(tree.path)).toEqual(['a']);
  });
});
