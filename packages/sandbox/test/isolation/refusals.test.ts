import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { isolationAspects } from '@stellaops/plugin-abstractions/hosting';
import { BubblewrapIsolation } from '../../src/isolation/bubblewrap-isolation.ts';
import { findExecutable } from '../../src/isolation/machine/find-executable.ts';
import { failingBubblewrap, makePrograms, systemFolders } from './lacking-programs.ts';
import { findGroups } from './processes.ts';
import { describeAsRoot, startStandIn } from './stand-in.ts';

describeAsRoot('a machine that cannot isolate', () => {
  it.each(['bwrap', 'prlimit', 'ldd'])(
    'is refused for want of %s, with the command that installs it',
    async (name) => {
      await using programs = await makePrograms({ [name]: undefined });
      const obstacle = await new BubblewrapIsolation({ searchPath: programs.path }).probe(isolationAspects);
      expect(obstacle?.problem).toMatch(/is not installed$/);
      expect(obstacle?.fix).toMatch(
        /^Run 'apt-get install [a-z-]+' \(Debian, Ubuntu\) or 'dnf install [a-z-]+' \(Fedora\)\.$/,
      );
    },
  );

  it.each([
    [
      'No permissions to creating new namespace, likely because the kernel does not allow it',
      'refuses user namespaces',
    ],
    [
      'Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)',
      'no namespaces left',
    ],
    ['setting up uid map: Permission denied', 'AppArmor'],
    ['pivot_root: Operation not permitted', 'forbids pivot_root'],
    ['a failure that nobody has seen yet', 'bwrap: a failure that nobody has seen yet'],
  ])('is refused when bubblewrap says "%s"', async (words, problem) => {
    await using programs = await makePrograms({ bwrap: await failingBubblewrap(words) });
    const obstacle = await new BubblewrapIsolation({ searchPath: programs.path }).probe(isolationAspects);
    expect(obstacle?.problem).toContain(problem);
    expect(obstacle?.problem).toContain(words);
    expect(await findGroups(`.${process.pid}.`)).toEqual([]);
  });

  it('starts nothing, and says why each time it is asked', async () => {
    await using programs = await makePrograms({
      bwrap: await failingBubblewrap('setting up uid map: Permission denied'),
    });
    const isolation = new BubblewrapIsolation({ searchPath: programs.path });
    for (let attempt = 0; attempt < 2; attempt += 1)
      await expect(startStandIn({ script: '', isolation })).rejects.toMatchObject({
        code: 'SANDBOX_UNSUPPORTED',
        details: await isolation.probe(isolationAspects),
      });
  });

  it('is refused for want of setpriv where root gets no user namespaces', async () => {
    const real = await findExecutable('bwrap', systemFolders);
    await using programs = await makePrograms({
      setpriv: undefined,
      bwrap: `#!/bin/sh
        case "$*" in *--unshare-user*) echo 'bwrap: No permissions to creating new namespace' >&2; exit 1;; esac
        exec ${real} "$@"\n`,
    });
    const without = await new BubblewrapIsolation({ searchPath: programs.path }).probe(isolationAspects);
    expect(without?.problem).toContain('refuses user namespaces');
    await symlink((await findExecutable('setpriv', systemFolders)) ?? '', join(programs.path, 'setpriv'));
    const withIt = await new BubblewrapIsolation({ searchPath: programs.path }).probe(isolationAspects);
    expect(withIt).toBeUndefined();
  });

  it('is refused when its bubblewrap is too old, with what it lacks and the version to install', async () => {
    const real = await findExecutable('bwrap', systemFolders);
    await using programs = await makePrograms({
      bwrap: `#!/bin/sh\n${real} "$@" 2>&1 | grep -v -e --clearenv -e --perms -e --size -e --disable-userns\n`,
    });
    expect(await new BubblewrapIsolation({ searchPath: programs.path }).probe(isolationAspects)).toEqual({
      problem: 'this bubblewrap is too old: it lacks --clearenv, --perms',
      fix: 'Install bubblewrap 0.5.0 or later, better 0.8.0.',
    });
  });

  it('is refused when its bubblewrap does not start', async () => {
    await using programs = await makePrograms({ bwrap: '#!/nonexistent\n' });
    const obstacle = await new BubblewrapIsolation({ searchPath: programs.path }).probe(isolationAspects);
    expect(obstacle?.problem).toContain(`${programs.path}/bwrap does not run`);
  });
});
