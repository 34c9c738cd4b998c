import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import {
  defaultSandboxLimits,
  formatIdentity,
  readOwnIdentity,
} from '@stellaops/plugin-abstractions/hosting';
import { CgroupV1 } from '../../src/isolation/cgroups/cgroup-v1.ts';
import type { ControlGroup } from '../../src/isolation/cgroups/control-group.ts';
import { divideV2Group } from '../../src/isolation/cgroups/divide-v2-group.ts';
import { sweepGroups } from '../../src/isolation/cgroups/sweep-groups.ts';
import { removeGroup } from '../../src/isolation/start/remove-group.ts';

const timeoutMs = 20;

/** A setting of the kernel that nobody may write to, root neither. */
const unwritable = '/proc/sys/kernel/ostype';

async function makeFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp('/tmp/stella-hanging-group-');
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

describe('a control group that does not go', () => {
  it('is left behind by a sweep, which goes on to the others', async () => {
    await using parent = await makeFolder();
    const dead = formatIdentity({ ...(await readOwnIdentity()), startTime: '1' });
    const [stuck, empty] = ['aaaa', 'bbbb'].map((own) => `stella-plugin-${dead}-${own}-acme.scanner`);
    // Neither a group with another one in it, nor a folder with a file, can be removed.
    await mkdir(join(parent.path, `${stuck}`, 'inside'), { recursive: true });
    await mkdir(join(parent.path, `${empty}`));
    await sweepGroups(parent.path, timeoutMs);
    expect(await readdir(parent.path)).toEqual([stuck]);
  });

  it('of a sandbox that did not come up is left to the next sweep', async () => {
    const remove = jest.fn(() => Promise.reject(new Error('EBUSY')));
    const group = { kill: () => Promise.resolve(), remove } as Partial<ControlGroup> as ControlGroup; // nothing else is asked of it
    await expect(removeGroup(group, timeoutMs)).resolves.toBeUndefined();
    expect(remove.mock.calls.length).toBeGreaterThan(1);
  });

  it('goes when one hierarchy has let it go before the others', async () => {
    await using tree = await makeFolder();
    const parentOf = (controller: string): string => join(tree.path, controller);
    const parents = { memory: parentOf('memory'), cpu: parentOf('cpu'), pids: parentOf('pids') };
    for (const parent of Object.values(parents)) await mkdir(parent);
    const groups = new CgroupV1({ ...parents, cpuacct: undefined });
    const group = await groups.create('acme.scanner', defaultSandboxLimits);
    await rm(join(parents.pids, group.name), { recursive: true });
    // The files of the kernel go with their group.
    const settings = join(parents.memory, group.name);
    for (const file of await readdir(settings)) await rm(join(settings, file));
    await removeGroup(group, timeoutMs);
    for (const parent of Object.values(parents)) expect(await readdir(parent)).toEqual([]);
  });
});

describe('a control group that its processes do not leave', () => {
  it('is not divided, and the host is not kept waiting', async () => {
    await using group = await makeFolder();
    const write = (file: string, text: string): Promise<void> => writeFile(join(group.path, file), text);
    await write('cgroup.controllers', 'cpu memory pids');
    await write('cgroup.procs', String(process.pid));
    await symlink(unwritable, join(group.path, 'cgroup.subtree_control'));
    expect(await divideV2Group(group.path, group.path, timeoutMs)).toBeUndefined();
    expect(await readdir(join(group.path, 'stella-host'))).toEqual(['cgroup.procs']);
  });
});
