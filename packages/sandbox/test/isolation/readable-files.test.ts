import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isReadableBy, shareDirectory, shareFile } from '../../src/isolation/files/readable-files.ts';

const stranger = { uid: 61_999, gid: 61_999 };

async function makeFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp('/tmp/stella-readable-');
  await chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

describe('a file', () => {
  it('is readable by a user when its mode and every folder above say so', async () => {
    await using folder = await makeFolder();
    const [above, file] = [join(folder.path, 'above'), join(folder.path, 'above/file')];
    await mkdir(above);
    await writeFile(file, 'x');
    const readable = async (folderMode: number, fileMode: number): Promise<boolean> => {
      await chmod(above, folderMode);
      await chmod(file, fileMode);
      return isReadableBy(file, stranger);
    };
    expect(await readable(0o711, 0o644)).toBe(true);
    expect(await readable(0o700, 0o644)).toBe(false);
    expect(await readable(0o711, 0o600)).toBe(false);
    expect(await readable(0o750, 0o644)).toBe(false);
    const { uid, gid } = await stat(file);
    expect(await isReadableBy(file, { uid, gid })).toBe(true);
    expect(await isReadableBy(file, { uid: 61_999, gid })).toBe(true);
  });

  it('is judged by where a link leads', async () => {
    await using folder = await makeFolder();
    await mkdir(join(folder.path, 'private'), { mode: 0o700 });
    await writeFile(join(folder.path, 'private/file'), 'x');
    await chmod(join(folder.path, 'private/file'), 0o644);
    await symlink('private/file', join(folder.path, 'link'));
    expect(await isReadableBy(join(folder.path, 'link'), stranger)).toBe(false);
  });

  it('is shared under one name for each version, readable by all, the original as it was', async () => {
    await using folder = await makeFolder();
    const [source, shared] = [join(folder.path, 'tool'), join(folder.path, 'shared')];
    await mkdir(shared);
    await chmod(shared, 0o755);
    await writeFile(source, 'one', { mode: 0o700 });
    const [first, again] = await Promise.all([shareFile(source, shared), shareFile(source, shared)]);
    expect(again).toBe(first);
    expect(await isReadableBy(first, stranger)).toBe(true);
    expect((await stat(first)).mode & 0o777).toBe(0o555);
    expect((await stat(source)).mode & 0o777).toBe(0o700);
    await writeFile(source, 'another');
    expect(await readFile(await shareFile(source, shared), 'utf8')).toBe('another');
    expect(await readFile(first, 'utf8')).toBe('one');
  });
});

describe('a folder', () => {
  it('is shared whole, its links as links', async () => {
    await using folder = await makeFolder();
    const source = join(folder.path, 'source');
    await mkdir(join(source, 'dist'), { recursive: true, mode: 0o700 });
    await writeFile(join(source, 'dist/plugin.js'), 'code', { mode: 0o600 });
    await symlink('dist/plugin.js', join(source, 'main.js'));
    const shared = await shareDirectory(source, join(folder.path, 'shared'));
    expect(await isReadableBy(join(shared, 'dist/plugin.js'), stranger)).toBe(true);
    expect(await readFile(join(shared, 'main.js'), 'utf8')).toBe('code');
  });
});
