import { link, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { KnownFolders } from '../../src/launch/known-folders.ts';

/** A folder with two copies of a package in it, and where to put them. */
async function makeCopies() {
  const path = await mkdtemp('/tmp/stella-known-folders-');
  const [first, second] = ['first', 'second'].map((name) => join(path, name)) as [string, string];
  for (const copy of [first, second]) {
    await mkdir(join(copy, 'dist/deep'), { recursive: true });
    await writeFile(join(copy, 'dist/deep/plugin.js'), 'code');
    await writeFile(join(copy, 'package.json'), '{}');
  }
  const put = async (known: KnownFolders, copy: string, name: string): Promise<readonly string[]> => {
    const target = join(path, name);
    await mkdir(target);
    await known.fill('a digest', copy, target);
    return (await readdir(target, { recursive: true })).toSorted();
  };
  return { first, second, put, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const whole = ['dist', 'dist/deep', 'dist/deep/plugin.js', 'package.json'];

describe('a folder that is known', () => {
  it('is listed once for all of its copies', async () => {
    await using copies = await makeCopies();
    const known = new KnownFolders();
    expect(await copies.put(known, copies.first, 'a')).toEqual(whole);
    await writeFile(join(copies.second, 'not-of-the-package.js'), '');
    expect(await copies.put(known, copies.second, 'b')).toEqual(whole);
  });

  it('is listed anew after a copy that lacked something', async () => {
    await using copies = await makeCopies();
    const known = new KnownFolders();
    await copies.put(known, copies.first, 'a');
    await rm(join(copies.second, 'package.json'));
    await expect(copies.put(known, copies.second, 'b')).rejects.toThrow('ENOENT');
    await link(join(copies.first, 'package.json'), join(copies.second, 'renamed.json'));
    expect(await copies.put(known, copies.second, 'c')).toEqual([...whole.slice(0, 3), 'renamed.json']);
  });
});
