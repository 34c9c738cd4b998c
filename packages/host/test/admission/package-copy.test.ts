import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { admitPackage } from '../../src/admission/admit-package.ts';
import { files, listFiles, options, packageFolder, writeSums } from './package-folder.ts';

describe('the copy of a package', () => {
  it('is what runs, whatever becomes of the original', async () => {
    await using folder = await packageFolder();
    const { admitted } = await admitPackage(folder.package, options(folder));
    await writeFile(join(folder.package, 'dist/plugin.js'), 'export const answer = "changed";\n');
    const entry = pathToFileURL(join(admitted?.packageDirectory ?? '', 'dist/plugin.js')).href;
    expect(await import(entry)).toMatchObject({ answer: 42 });
  });

  it('lies where its digest says, read-only, without the signature', async () => {
    await using folder = await packageFolder({ ...files, 'node_modules/dep/index.js': '' });
    await chmod(join(folder.package, 'dist/plugin.js'), 0o4777);
    const sums = await writeSums(folder.package);
    const { admitted } = await admitPackage(folder.package, options(folder));
    const digest = createHash('sha256').update(sums).digest('hex');
    expect(admitted).toMatchObject({
      digest,
      packageDirectory: join(folder.store, digest),
      source: folder.package,
    });
    const copy = join(folder.store, digest);
    expect(await listFiles(copy)).toEqual([
      'SHA256SUMS',
      'dist/plugin.js',
      'node_modules/dep/index.js',
      'plugin.json',
    ]);
    for (const path of await listFiles(copy))
      expect((await stat(join(copy, path))).mode & 0o7777).toBe(0o444);
    for (const path of ['', 'dist', 'node_modules', 'node_modules/dep']) {
      expect((await stat(join(copy, path))).mode & 0o7777).toBe(0o555);
    }
  });

  it('agrees with sha256sum -c, also for names that need escaping', async () => {
    const names = [
      'a b',
      'new\nline',
      'back\\slash',
      '\\',
      'return\r',
      'ünï/çødé',
      '-dash',
      '*star',
      ' ',
      '"quoted"',
    ];
    await using folder = await packageFolder({
      ...files,
      ...Object.fromEntries(names.map((name) => [`odd/${name}`, name])),
    });
    const { admitted } = await admitPackage(folder.package, options(folder));
    const cwd = admitted?.packageDirectory ?? '';
    const said = execFileSync('sha256sum', ['--strict', '-c', 'SHA256SUMS'], { cwd, encoding: 'utf8' });
    expect(said.match(/: OK$/gm)).toHaveLength(names.length + Object.keys(files).length);
    const written = execFileSync(
      'sh',
      ['-c', 'find . -type f ! -name SHA256SUMS -print0 | xargs -0 sha256sum'],
      {
        cwd,
        encoding: 'utf8',
      },
    );
    const lines = (text: string): readonly string[] => text.trimEnd().split('\n').toSorted();
    expect(lines(await readFile(join(cwd, 'SHA256SUMS'), 'utf8'))).toEqual(
      lines(written.replaceAll('  ./', '  ')),
    );
  });

  it('has the same digest whatever the modes, times, and order of creation', async () => {
    await using first = await packageFolder({ ...files, 'a/1': 'one', 'a/2': 'two', b: 'three' });
    await using second = await packageFolder({ b: 'three', 'a/2': 'two', 'a/1': 'one', ...files });
    await chmod(join(second.package, 'b'), 0o755);
    await utimes(join(second.package, 'b'), 0, 0);
    await mkdir(join(second.package, 'empty'));
    const one = await admitPackage(first.package, options(first));
    const two = await admitPackage(second.package, options(second));
    expect(one.admitted?.digest).toBeDefined();
    expect(one.admitted?.digest).toBe(two.admitted?.digest);
    expect(await listFiles(first.store)).toEqual(await listFiles(second.store));
  });

  it('has the same digest with and without a SHA256SUMS, and another one for any other content', async () => {
    await using folder = await packageFolder();
    const bare = await admitPackage(folder.package, options(folder));
    await writeSums(folder.package);
    expect((await admitPackage(folder.package, options(folder))).admitted?.digest).toBe(
      bare.admitted?.digest,
    );
    await rename(join(folder.package, 'dist/plugin.js'), join(folder.package, 'dist/moved.js'));
    await writeSums(folder.package);
    const moved = await admitPackage(folder.package, options(folder));
    expect(moved.refused?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(moved.refused?.digest).not.toBe(bare.admitted?.digest);
  });

  it('is made once: the second time the first copy stays', async () => {
    await using folder = await packageFolder();
    const { admitted } = await admitPackage(folder.package, options(folder));
    const first = await stat(admitted?.packageDirectory ?? '');
    const again = await admitPackage(folder.package, options(folder));
    expect(again.admitted?.packageDirectory).toBe(admitted?.packageDirectory);
    expect((await stat(again.admitted?.packageDirectory ?? '')).ino).toBe(first.ino);
    expect((await listFiles(folder.store)).map((path) => path.split('/')[0])).toEqual(
      Array(3).fill(admitted?.digest),
    );
  });

  it('is made once when several ask for it at the same time', async () => {
    await using folder = await packageFolder();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => admitPackage(folder.package, options(folder))),
    );
    const directories = answers.map(({ admitted }) => admitted?.packageDirectory);
    expect(new Set(directories)).toEqual(new Set([join(folder.store, answers[0]?.admitted?.digest ?? '')]));
    expect(await listFiles(folder.store)).toHaveLength(3);
  });

  it('is made anew when the one in the store was damaged', async () => {
    await using folder = await packageFolder();
    const copy = (await admitPackage(folder.package, options(folder))).admitted?.packageDirectory ?? '';
    await chmod(join(copy, 'dist'), 0o755);
    await rm(join(copy, 'dist/plugin.js'));
    await writeFile(join(copy, 'dist/plugin.js'), 'export const answer = "tampered";\n');
    const { admitted } = await admitPackage(folder.package, options(folder));
    expect(admitted?.packageDirectory).toBe(copy);
    expect(await readFile(join(copy, 'dist/plugin.js'), 'utf8')).toBe(files['dist/plugin.js']);
    expect(await listFiles(folder.store)).toHaveLength(3);
  });

  it('follows a link to a file within the package, and holds the file', async () => {
    await using folder = await packageFolder();
    await symlink('dist/plugin.js', join(folder.package, 'main.js'));
    await symlink(join(folder.package, 'main.js'), join(folder.package, 'again.js'));
    const { admitted } = await admitPackage(folder.package, options(folder));
    for (const name of ['main.js', 'again.js']) {
      const copied = join(admitted?.packageDirectory ?? '', name);
      expect((await stat(copied)).isFile()).toBe(true);
      expect(await readFile(copied, 'utf8')).toBe(files['dist/plugin.js']);
    }
  });

  it('is not kept of a package that is refused', async () => {
    await using folder = await packageFolder({ ...files, 'plugin.json': '{' });
    expect((await admitPackage(folder.package, options(folder))).refused).toBeDefined();
    expect(await listFiles(folder.store)).toEqual([]);
  });
});
