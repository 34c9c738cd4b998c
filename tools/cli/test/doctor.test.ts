import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { workingFolder } from './command.ts';

// Each run of the command starts a sandbox to see.
const main = resolve(import.meta.dirname, '../src/main.ts');

/** Isolation is tested where the host is root. */
const describeAsRoot = process.platform === 'linux' && process.getuid?.() === 0 ? describe : describe.skip;

/** Runs the command on a machine whose bubblewrap prints this script's words. */
async function runWithBubblewrap(script: string, ...args: readonly string[]) {
  const path = await mkdtemp('/tmp/stella-doctor-');
  try {
    await writeFile(join(path, 'bwrap'), `#!/bin/sh\n${script}\n`);
    for (const name of ['.', 'bwrap']) await chmod(join(path, name), 0o755); // whatever the umask says
    const env = {
      ...process.env,
      PATH: `${path}:${process.env['PATH']}`,
      NO_COLOR: '1',
      FORCE_COLOR: undefined,
    };
    return await new Promise<{ readonly exitCode: number; readonly stdout: string }>((done) => {
      execFile(process.execPath, [main, 'doctor', ...args], { env }, (error, stdout) =>
        done({ exitCode: error === null ? 0 : Number(error.code ?? -1), stdout }),
      );
    });
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

describeAsRoot('stella-plugin doctor', () => {
  it('begins with the verdict, and exits with 0 where untrusted plugins can run', async () => {
    await using folder = await workingFolder({});
    const { exitCode, stdout, stderr } = await folder.run('doctor');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^verdict +untrusted plugins can run here, isolated by bubblewrap \d/);
    expect(stdout).toMatch(/^network +enforced by network namespace$/m);
    expect(stdout).not.toMatch(/missing|weaker|unknown/);
    const columns = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.search(/(?<= {2})\S/));
    expect(new Set(columns).size).toBe(1);
  });

  it('names what is missing and how to mend it, and exits with 1 where they cannot', async () => {
    const { exitCode, stdout } = await runWithBubblewrap('echo "  --unshare-user"');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^verdict +untrusted plugins are refused here: this bubblewrap is too old: .*\. Install bubblewrap 0\.5\.0/,
    );
    expect(stdout).toMatch(/^bubblewrap +missing: this bubblewrap is too old/m);
    expect(stdout).toMatch(/^trial +unknown: no sandbox can be started$/m);
  });

  it('tells the same as data', async () => {
    const { exitCode, stdout } = await runWithBubblewrap('exit 1', '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      canIsolate: false,
      obstacle: { problem: expect.stringContaining('bwrap does not run') },
      checks: expect.arrayContaining([expect.objectContaining({ name: 'bubblewrap', state: 'missing' })]),
    });
  });

  it('takes no directory', async () => {
    await using folder = await workingFolder({});
    expect(await folder.run('doctor', 'package')).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
