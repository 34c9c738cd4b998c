import { describe, expect, it } from '@jest/globals';
import { readOwnIdentity } from '@stellaops/plugin-abstractions/hosting';
import { nameScope, readOwner, readScopeOwner } from '../../src/isolation/cgroups/group-names.ts';
import { matchSystemdUnit } from '../../src/isolation/cgroups/systemd-unit.ts';

const match = (path: string): ReturnType<typeof matchSystemdUnit> =>
  matchSystemdUnit({
    version: 2,
    controllers: [],
    mountPoint: '/sys/fs/cgroup',
    folder: `/sys/fs/cgroup${path}`,
  });

describe('the unit of systemd that a control group belongs to', () => {
  it('is a service or a scope of the system, below its slices', () => {
    expect(match('/system.slice/stella.service')).toEqual({
      name: 'stella.service',
      manager: 'system',
      folder: '/sys/fs/cgroup/system.slice/stella.service',
    });
    expect(match('/user.slice/user-1000.slice/session-2.scope')?.name).toBe('session-2.scope');
    expect(match('/init.scope')?.name).toBe('init.scope');
  });

  it('is one of the systemd of a user, below that', () => {
    expect(match('/user.slice/user-1000.slice/user@1000.service/app.slice/a-b.slice/editor.service')).toEqual(
      {
        name: 'editor.service',
        manager: 'user',
        folder:
          '/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/a-b.slice/editor.service',
      },
    );
  });

  it('is not what a unit made in its own group', () => {
    expect(match('/system.slice/stella.service/stella-host')?.folder).toBe(
      '/sys/fs/cgroup/system.slice/stella.service',
    );
    expect(match('/user.slice/user@1000.service/app.slice/pod.scope/inner.service')?.name).toBe('pod.scope');
  });

  it('is not there at the root, as in a container, nor in a slice alone', () => {
    expect(match('/')).toBeUndefined();
    expect(match('/system.slice')).toBeUndefined();
  });
});

describe('the name of a scope for the groups of a host', () => {
  it('tells a later host whose it is, and is not taken for the group of a plugin', async () => {
    const name = await nameScope();
    expect(name).toMatch(/^stella-host-[\d.]+-[\da-f]{8}\.scope$/);
    expect(readScopeOwner(name)).toEqual(await readOwnIdentity());
    expect(readOwner(name)).toBeUndefined();
    expect(readScopeOwner('session-2.scope')).toBeUndefined();
  });
});
