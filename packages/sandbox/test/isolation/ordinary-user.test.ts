import { chmod, chown, mkdir, mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { build } from 'esbuild';
import { divideV2Group } from '../../src/isolation/cgroups/divide-v2-group.ts';
import { findOwnGroups } from '../../src/isolation/cgroups/own-groups.ts';
import { pollUntil } from '../../src/isolation/deadline.ts';
import { shareFile } from '../../src/isolation/readable-files.ts';
import { startChildHost } from './child-host.ts';
import { eventually, findGroups, findProcessesOf, readStatus } from './processes.ts';
import { describeAsRoot } from './stand-in.ts';

jest.setTimeout(60_000);

/** A user that nobody has, outside of the range for plugins. */
const user = 60_321;

/** Node and the host of the tests, bundled, where any user can read them. */
async function makePrograms(): Promise<AsyncDisposable & { readonly node: string; readonly host: string }> {
  const path = await mkdtemp('/tmp/stella-ordinary-');
  await chmod(path, 0o755);
  const host = join(path, 'host.mjs');
  await build({
    entryPoints: [new URL('fixtures/host.ts', import.meta.url).pathname],
    outfile: host,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  await chmod(host, 0o644);
  const node = await shareFile(process.execPath, path);
  return { node, host, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Groups that root makes, gives to a user, and removes. */
async function delegateGroups(): Promise<AsyncDisposable & { readonly folders: readonly string[] }> {
  const groups = await findOwnGroups();
  const v1 = groups.filter(({ controllers }) =>
    ['memory', 'cpu', 'cpuacct', 'pids'].some((name) => controllers.includes(name)),
  );
  const v2 = groups.find(({ version }) => version === 2);
  const parents = v1.length > 0 ? v1.map(({ folder }) => folder) : [(v2 && (await divideV2Group(v2))) ?? ''];
  const folders = parents.map((parent) => join(parent, `delegated-${process.pid}`));
  for (const folder of folders) {
    await mkdir(folder);
    for (const name of ['.', ...(await readdir(folder)).filter((file) => file.startsWith('cgroup.'))])
      await chown(join(folder, name), user, user);
  }
  return {
    folders,
    [Symbol.asyncDispose]: async () => {
      for (const folder of folders) await pollUntil(() => removeTree(folder), 10_000);
    },
  };
}

async function removeTree(folder: string): Promise<boolean> {
  const inside = await readdir(folder, { withFileTypes: true });
  for (const entry of inside.filter((found) => found.isDirectory()))
    await removeTree(join(folder, entry.name));
  return rmdir(folder).then(
    () => true,
    () => false,
  );
}

const become = `exec setpriv --reuid ${user} --regid ${user} --clear-groups -- "$0" "$@"`;

describeAsRoot('a host that is an ordinary user', () => {
  it('is refused without groups that root gave it, and told how to get them', async () => {
    await using programs = await makePrograms();
    await using host = await startChildHost({
      script: '',
      owner: user,
      command: ['sh', '-c', become, programs.node, programs.host],
    });
    expect(await host.next()).toEqual({
      obstacle: {
        problem: expect.stringContaining('so nothing would limit memory, processor and processes'),
        fix: expect.stringMatching(/delegate/i),
      },
    });
  });

  it('isolates as root does, but as its own user, and nothing of it is left when it is killed', async () => {
    await using programs = await makePrograms();
    await using delegated = await delegateGroups();
    const enter = delegated.folders.map((folder) => `echo $$ > ${folder}/cgroup.procs`).join(' && ');
    const start = `${enter} && ${become}`;
    await using host = await startChildHost({
      script: `const seen = { uid: process.getuid(), processes: require('node:fs').readdirSync('/proc').filter(Number).length };
        try { require('node:os').networkInterfaces() } catch { seen.network = 'none' }
        console.log(JSON.stringify(seen)); setInterval(() => {}, 1e6);`,
      owner: user,
      command: ['sh', '-c', start, programs.node, programs.host],
    });
    expect(await host.next()).toEqual({ launching: true });
    const { pid } = await host.next();
    expect(await host.next()).toEqual({
      said: JSON.stringify({ uid: 65_534, processes: 2, network: 'none' }),
    });
    expect(await readStatus(Number(pid), 'Uid')).toBe(`${user}\t${user}\t${user}\t${user}`);
    expect(await readStatus(Number(pid), 'Seccomp')).toBe('2');
    expect(await readStatus(Number(pid), 'CapEff')).toBe('0000000000000000');
    expect((await findGroups(`.${host.child.pid}.`)).length).toBe(delegated.folders.length);

    await host.kill();
    await eventually(async () => (await findProcessesOf(user)).length === 0, 'every process is gone');
    expect(await findGroups(`.${host.child.pid}.`)).toEqual([]);
  });
});
