import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findExecutable } from '../../src/isolation/machine/find-executable.ts';

/** Where systems keep their programs. */
export const systemFolders = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

/** A folder of programs, as a machine has them: some real, some replaced by a script, some missing. */
export async function makePrograms(
  programs: Readonly<Record<string, string | undefined>>,
): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp('/tmp/stella-programs-');
  await chmod(path, 0o755);
  for (const name of ['bwrap', 'prlimit', 'ldd', 'setpriv']) {
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
export async function failingBubblewrap(words: string): Promise<string> {
  const real = await findExecutable('bwrap', systemFolders);
  return `#!/bin/sh\n[ "$1" = --help ] && exec ${real} --help\ncat >&2 <<'END'\nbwrap: ${words}\nEND\nexit 1\n`;
}
