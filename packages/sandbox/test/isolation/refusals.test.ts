import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { BubblewrapIsolation } from '../../src/isolation/bubblewrap-isolation.ts';
import { findExecutable } from '../../src/isolation/find-executable.ts';
import { startChildHost } from './child-host.ts';
import { findGroups } from './processes.ts';
import { describeAsRoot, startStandIn } from './stand-in.ts';

jest.setTimeout(60_000);

const systemFolders = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';
const hostFixture = new URL('fixtures/host.ts', import.meta.url).pathname;

/** A folder of programs, as a machine has them: some real, some replaced by a script, some missing. */
async function makePrograms(
  programs: Readonly<Record<string, string | undefined>>,
): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp('/tmp/stella-programs-');
  await chmod(path, 0o755);
  for (const name of ['bwrap', 'prlimit', 'ldd']) {
    const script = programs[name];
    if (script !== undefined) await writeProgram(join(path, name), script);
    else if (!(name in programs))
      await symlink((await findExecutable(name, systemFolders)) ?? '', join(path, name));
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function writeProgram(file: string, script: string): Promise<void> {
  await writeFile(file, script);
  await chmod(file, 0o755); // whatever the umask says
}

/** A bubblewrap that has every option, and fails with these words. */
async function failingBubblewrap(words: string): Promise<string> {
  const real = await findExecutable('bwrap', systemFolders);
  return `#!/bin/sh\n[ "$1" = --help ] && exec ${real} --help\ncat >&2 <<'END'\nbwrap: ${words}\nEND\nexit 1\n`;
}

describeAsRoot('a machine that cannot isolate', () => {
  it.each(['bwrap', 'prlimit', 'ldd'])(
    'is refused for want of %s, with the command that installs it',
    async (name) => {
      await using programs = await makePrograms({ [name]: undefined });
      const obstacle = await new BubblewrapIsolation({ searchPath: programs.path }).probe();
      expect(obstacle?.problem).toMatch(/is not installed$/);
      expect(obstacle?.fix).toMatch(
        /^Run 'apt-get install [a-z-]+' \(Debian, Ubuntu\) or 'dnf install [a-z-]+' \(Fedora\)\.$/,
      );
    },
  );

  it.each([
    [
      'No permissions to create new namespace, likely because the kernel does not allow it',
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
    const obstacle = await new BubblewrapIsolation({ searchPath: programs.path }).probe();
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
        details: await isolation.probe(),
      });
  });

  it.each([
    {
      machine: 'whose control groups are read-only',
      change:
        'for point in $(grep -E " - cgroup2? " /proc/self/mountinfo | cut -d" " -f5); do mount -o remount,bind,ro $point; done',
      problem: 'the control groups here are read-only',
    },
    {
      machine: 'whose /proc is masked',
      change: 'mount -t tmpfs none /proc/tty',
      problem: 'a fresh /proc cannot be mounted',
    },
    {
      machine: 'without /tmp',
      change: 'mount -t tmpfs -o mode=700 none /tmp && chmod 700 /tmp',
      problem: 'may not pass through every folder above /tmp/stella-trial-',
    },
  ])('is refused for real: one $machine', async ({ change, problem }) => {
    const start = `${change} || exit 1; exec "$0" ${hostFixture} "$@"`;
    await using host = await startChildHost({
      script: '',
      command: ['unshare', '--mount', 'sh', '-c', start, process.execPath],
    });
    expect(await host.next()).toMatchObject({ obstacle: { problem: expect.stringContaining(problem) } });
  });
});
