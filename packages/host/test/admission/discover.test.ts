import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { discoverPackages } from '../../src/admission/discover.ts';
import { packageFolder } from './package-folder.ts';

describe('discovery', () => {
  it('finds a path that is a package, and the packages that are direct children of a path', async () => {
    await using folder = await packageFolder({
      'alone/plugin.json': '',
      'alone/inner/plugin.json': '',
      'many/a/plugin.json': '',
      'many/b/plugin.json': '',
      'many/b/deeper/plugin.json': '',
    });
    const [alone, many] = [join(folder.package, 'alone'), join(folder.package, 'many')];
    expect(await discoverPackages([alone, many])).toEqual({
      packages: [alone, join(many, 'a'), join(many, 'b')],
      missing: [],
    });
  });

  it('keeps the order of the paths, and orders children by the bytes of their names', async () => {
    const names = ['B', 'a', 'a-b', 'a.b', 'é', 'Ω', '\uFF5E', '\u{1F600}'];
    await using folder = await packageFolder(
      Object.fromEntries(
        [...names.map((name) => `z/${name}/plugin.json`), 'y/c/plugin.json'].map((path) => [path, '']),
      ),
    );
    const [y, z] = [join(folder.package, 'y'), join(folder.package, 'z')];
    const { packages } = await discoverPackages([z, y]);
    expect(packages).toEqual([...names.map((name) => join(z, name)), join(y, 'c')]);
  });

  it('skips what is hidden and what has no plugin.json', async () => {
    await using folder = await packageFolder({
      '.hidden/plugin.json': '',
      'other/readme.txt': '',
      'loose-file': '',
      'real/plugin.json': '',
    });
    expect((await discoverPackages([folder.package])).packages).toEqual([join(folder.package, 'real')]);
  });

  it('reports paths that are no directory and goes on', async () => {
    await using folder = await packageFolder({ 'a/plugin.json': '', file: '' });
    const [gone, file] = [join(folder.path, 'gone'), join(folder.package, 'file')];
    expect(await discoverPackages([gone, file, folder.package])).toEqual({
      packages: [join(folder.package, 'a')],
      missing: [gone, file],
    });
  });

  it('takes a directory that several names lead to once, under the first name', async () => {
    await using folder = await packageFolder({ 'one/plugin.json': '' });
    await symlink('one', join(folder.package, 'another'));
    const first = join(folder.package, 'another');
    const { packages } = await discoverPackages([
      folder.package,
      join(folder.package, 'one'),
      folder.package,
    ]);
    expect(packages).toEqual([first]);
  });

  it('keeps a directory whose plugin.json is no file, so that admission refuses it aloud', async () => {
    await using folder = await packageFolder({ 'links/readme.txt': '' });
    await mkdir(join(folder.package, 'folder', 'plugin.json'), { recursive: true });
    await symlink('nowhere', join(folder.package, 'links', 'plugin.json'));
    await writeFile(join(folder.package, 'readme.txt'), '');
    const { packages } = await discoverPackages([folder.package]);
    expect(packages).toEqual([join(folder.package, 'folder'), join(folder.package, 'links')]);
  });
});
