import { chmod, chown, lstat, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { formatIdentity, readOwnIdentity } from '@stellaops/plugin-abstractions/hosting';
import { StateDirectory } from '../src/state-directory.ts';

describe('the state directory', () => {
  it('is not made before something needs it', async () => {
    await using folder = await temporaryFolder();
    const state = new StateDirectory(join(folder.path, 'state'));
    await state.close();
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('has a part for each host, which is gone when the host closes it', async () => {
    await using folder = await temporaryFolder();
    const [one, other] = [new StateDirectory(folder.path), new StateDirectory(folder.path)];
    const packages = await one.packages();
    expect(dirname(packages)).not.toBe(dirname(await other.packages()));
    await one.close();
    await one.close();
    expect(await readdir(folder.path)).toHaveLength(1);
    await other.close();
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('removes copies of packages, which nobody may write to', async () => {
    await using folder = await temporaryFolder();
    const state = new StateDirectory(folder.path);
    const copy = join(await state.packages(), 'copy', 'dist');
    await mkdir(copy, { recursive: true });
    await writeFile(join(copy, 'plugin.js'), '', { mode: 0o444 });
    for (const path of [copy, dirname(copy)]) await chmod(path, 0o555);
    await state.close();
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('follows no link when it removes', async () => {
    await using folder = await temporaryFolder();
    const outside = join(folder.path, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'precious'), '');
    const state = new StateDirectory(join(folder.path, 'state'));
    await symlink(outside, join(await state.packages(), 'link'));
    await state.close();
    expect(await readdir(outside)).toEqual(['precious']);
  });

  it('keeps what is made once, for the hosts that come', async () => {
    await using folder = await temporaryFolder();
    const [one, other] = [new StateDirectory(folder.path), new StateDirectory(folder.path)];
    expect(await one.runtime()).toBe(await other.runtime());
    await Promise.all([one.close(), other.close()]);
    expect(await readdir(folder.path)).toEqual(['runtime']);
  });

  it('gives each instance a directory of its own, with a path that a socket can have', async () => {
    await using folder = await temporaryFolder();
    const state = new StateDirectory(folder.path);
    const [one, other] = [await state.scratch(), await state.scratch()];
    expect(one.path).not.toBe(other.path);
    // With a state directory of the length of the default one: unix(7) allows 107 bytes.
    expect(one.path.length - folder.path.length).toBeLessThanOrEqual(
      107 - '/tmp/stella-plugins-4294967295/host.sock'.length,
    );
    await one.remove();
    expect(await readdir(dirname(other.path))).toEqual([other.path.slice(dirname(other.path).length + 1)]);
    await state.close();
  });

  it('lets others pass through, and neither look around nor write', async () => {
    await using folder = await temporaryFolder();
    const state = new StateDirectory(join(folder.path, 'state'));
    const scratch = await state.scratch();
    for (const path of [
      join(folder.path, 'state'),
      dirname(scratch.path),
      scratch.path,
      await state.packages(),
    ]) {
      expect((await lstat(path)).mode & 0o066).toBe(0);
    }
    await state.close();
  });
});

describe('a state directory is refused', () => {
  it.each<[string, string, (path: string) => Promise<unknown>]>([
    [
      'others may write to it',
      'others may write to it',
      (path) => mkdir(path).then(() => chmod(path, 0o777)),
    ],
    [
      'its group may write to it',
      'others may write to it',
      (path) => mkdir(path).then(() => chmod(path, 0o770)),
    ],
    ['it is a file', 'EEXIST', (path) => writeFile(path, '')],
    ['it is a link', 'it is no directory', (path) => symlink(tmpdir(), path)],
  ])('when %s', async (_, problem, make) => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'state');
    await make(path);
    const error: unknown = await new StateDirectory(path).packages().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'STATE_DIRECTORY_INVALID',
      details: { directory: path, problem: expect.stringContaining(problem) },
      message: expect.stringMatching(
        /^The state directory .*Name another one by `stateDirectory`, or mend it\.$/,
      ),
    });
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot('when it belongs to somebody else', async () => {
    await using folder = await temporaryFolder();
    await chown(folder.path, 65534, 65534);
    await expect(new StateDirectory(folder.path).scratch()).rejects.toThrow('it belongs to user 65534');
  });

  it('until it is mended', async () => {
    await using folder = await temporaryFolder();
    await chmod(folder.path, 0o777);
    const state = new StateDirectory(folder.path);
    await expect(state.packages()).rejects.toThrow('others may write to it');
    await chmod(folder.path, 0o700);
    expect(await state.packages()).toContain(folder.path);
    await state.close();
  });
});

describe('what other hosts left in the state directory', () => {
  it('is removed when they are gone', async () => {
    await using folder = await temporaryFolder();
    const own = await readOwnIdentity();
    const dead = [
      { ...own, pid: 2 ** 30 },
      { ...own, startTime: '1' },
    ].map((identity) => `host.${formatIdentity(identity)}.0a0b0c0d`);
    for (const name of dead)
      await mkdir(join(folder.path, name, 'packages', 'copy'), { recursive: true, mode: 0o700 });
    await chmod(join(folder.path, dead[0] ?? '', 'packages'), 0o555);
    const state = new StateDirectory(folder.path);
    const packages = await state.packages();
    expect(await readdir(folder.path)).toEqual([dirname(packages).slice(folder.path.length + 1)]);
    await state.close();
  });

  it('is left alone when they live, when that cannot be seen from here, and when it is something else', async () => {
    await using folder = await temporaryFolder();
    const own = await readOwnIdentity();
    const living = `host.${formatIdentity(own)}.0a0b0c0d`;
    const elsewhere = `host.${formatIdentity({ ...own, pidNamespace: '1', pid: 2 ** 30 })}.0a0b0c0d`;
    const kept = [
      living,
      elsewhere,
      'host.x.y.z',
      'host.1.2',
      'notes',
      `guest.1.${2 ** 30}.1.a`,
      'runtime',
    ].toSorted();
    for (const name of kept) await mkdir(join(folder.path, name));
    const state = new StateDirectory(folder.path);
    await state.packages();
    await state.close();
    expect((await readdir(folder.path)).toSorted()).toEqual(kept);
  });
});

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'stella-state-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
