import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import { PluginIdentities } from '../../src/isolation/files/plugin-identity.ts';
import {
  findPresence,
  formatIdentity,
  parseIdentity,
  readOwnIdentity,
} from '@stellaops/plugin-abstractions/hosting';
import { patience } from './patience.ts';

describe('the identities of plugins', () => {
  it('are distinct, also between two hosts at once', async () => {
    await using folder = await makeFolder();
    const hosts = [new PluginIdentities(folder.path), new PluginIdentities(folder.path)];
    const claims = await Promise.all(
      Array.from({ length: 200 }, (_, index) => hosts[index % 2]!.claim().then(({ uid }) => uid)),
    );
    expect(new Set(claims).size).toBe(200);
    expect(claims.every((uid) => uid >= 60_706 && uid <= 61_183)).toBe(true);
  });

  it('are distinct for hosts in processes of their own that claim at the same time', async () => {
    await using folder = await makeFolder();
    const fixture = new URL('fixtures/claim-identities.ts', import.meta.url).pathname;
    const hosts = Array.from({ length: 3 }, () =>
      spawn(process.execPath, [fixture, folder.path, '100'], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const claims = await Promise.all(
      hosts.map(async ({ stdout }) => {
        const [line] = await once(createInterface({ input: stdout }), 'line', {
          signal: AbortSignal.timeout(50_000 * patience),
        });
        return JSON.parse(line) as number[];
      }),
    );
    for (const host of hosts) host.stdin.end();
    expect(new Set(claims.flat()).size).toBe(300);
  });

  it('are refused when all are taken, and given out again when one is back', async () => {
    await using folder = await makeFolder();
    const identities = new PluginIdentities(folder.path);
    const claims = [];
    for (let count = 0; count < 478; count += 1) claims.push(await identities.claim());
    await expect(identities.claim()).rejects.toThrow('all users from 60706 to 61183 are taken');
    await identities.release(claims[7]!);
    expect(await identities.claim()).toEqual(claims[7]);
  });

  it('of a dead host are free, those of a living one are not', async () => {
    await using folder = await makeFolder();
    const living = await readOwnIdentity();
    const dead = formatIdentity({ ...living, startTime: '1' });
    const other = formatIdentity({ ...living, pid: 1, startTime: await readStartTime(1) });
    for (let uid = 60_706; uid <= 61_183; uid += 1)
      await writeFile(join(folder.path, `${uid}.${uid === 61_000 ? dead : other}`), '');
    expect(await new PluginIdentities(folder.path).claim()).toEqual({ uid: 61_000, gid: 61_000 });
    const claims = (await readdir(folder.path)).filter((name) => name.startsWith('61000.'));
    expect(claims).toEqual([`61000.${formatIdentity(living)}`]);
  });

  it('of dead hosts are given back by a sweep, and no others', async () => {
    await using folder = await makeFolder();
    const own = await readOwnIdentity();
    const [dead, elsewhere] = [
      { ...own, startTime: '1' },
      { ...own, pidNamespace: '1' },
    ].map(formatIdentity);
    const kept = [`61001.${formatIdentity(own)}`, `61002.${elsewhere}`, 'something else'];
    for (const name of [...kept, `61003.${dead}`]) await writeFile(join(folder.path, name), '');
    await new PluginIdentities(folder.path).sweep();
    expect((await readdir(folder.path)).toSorted()).toEqual(kept);
  });

  it('are not kept in a folder that others may enter', async () => {
    await using folder = await makeFolder();
    await chmod(folder.path, 0o755);
    await expect(new PluginIdentities(folder.path).claim()).rejects.toThrow('nobody else may enter');
  });

  it('are kept in a folder that is made when it is missing', async () => {
    await using folder = await makeFolder();
    const missing = join(folder.path, 'run', 'identities');
    await mkdir(join(folder.path, 'run'));
    await new PluginIdentities(missing).claim();
    expect(await readdir(missing)).toHaveLength(1);
  });
});

describe('the identity of a process', () => {
  it('tells a process from a later one with the same pid', async () => {
    const own = await readOwnIdentity();
    expect(await findPresence(own)).toBe('running');
    expect(await findPresence({ ...own, startTime: '1' })).toBe('gone');
    expect(await findPresence({ ...own, pidNamespace: '1' })).toBe('unknown');
    expect(parseIdentity(formatIdentity(own))).toEqual(own);
    expect(parseIdentity('1.2')).toBeUndefined();
  });

  it('is gone when the process was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const identity = {
      ...(await readOwnIdentity()),
      pid: child.pid!,
      startTime: await readStartTime(child.pid!),
    };
    expect(await findPresence(identity)).toBe('running');
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    expect(await findPresence(identity)).toBe('gone');
  });
});

async function readStartTime(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
}

async function makeFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp('/tmp/stella-identities-');
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
