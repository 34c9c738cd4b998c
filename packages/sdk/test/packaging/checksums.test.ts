import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { writeChecksums } from '../../src/packaging.ts';
import { packageFolder } from './package-folder.ts';

describe('writeChecksums', () => {
  it('lists every file but itself and its signature, as sha256sum -c reads it, and gives the digest', async () => {
    const names = [
      'plugin.json',
      'a b',
      'dir/new\nline',
      'back\\slash',
      'return\r',
      'dir/ünïcødé',
      '.hidden',
      'dir/SHA256SUMS',
    ];
    await using folder = await packageFolder(Object.fromEntries(names.map((name) => [name, name])));
    const { digest } = await writeChecksums(folder.package);
    const cwd = folder.package;
    const said = execFileSync('sha256sum', ['--strict', '-c', 'SHA256SUMS'], { cwd, encoding: 'utf8' });
    expect(said.match(/: OK$/gm)).toHaveLength(names.length);
    const text = await readFile(join(cwd, 'SHA256SUMS'));
    expect(digest).toBe(createHash('sha256').update(text).digest('hex'));
    expect(await writeChecksums(folder.package)).toEqual({ digest });
  });

  it('takes away a signature, which was over what stood there before', async () => {
    await using folder = await packageFolder({ a: '', 'SHA256SUMS.sigstore.json': 'old' });
    await writeChecksums(folder.package);
    await expect(readFile(join(folder.package, 'SHA256SUMS.sigstore.json'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(await readFile(join(folder.package, 'SHA256SUMS'), 'utf8')).not.toContain('sigstore');
  });

  it('takes a link to a file of the package for the file', async () => {
    await using folder = await packageFolder({ a: 'text' });
    await symlink('a', join(folder.package, 'b'));
    await writeChecksums(folder.package);
    const hash = createHash('sha256').update('text').digest('hex');
    expect(await readFile(join(folder.package, 'SHA256SUMS'), 'utf8')).toBe(`${hash}  a\n${hash}  b\n`);
  });

  it.each([
    ['a link out of the package', (path: string) => symlink('../outside', path)],
    ['a link to a folder', (path: string) => symlink('folder', path)],
    ['a link to nowhere', (path: string) => symlink('nowhere', path)],
    ['a fifo', (path: string) => Promise.resolve(void execFileSync('mkfifo', [path]))],
  ])('refuses %s, as a host would', async (_, make) => {
    await using folder = await packageFolder({ a: '' });
    await writeFile(join(folder.path, 'outside'), '');
    await mkdir(join(folder.package, 'folder'));
    await make(join(folder.package, 'odd'));
    await expect(writeChecksums(folder.package)).rejects.toMatchObject({
      code: 'PACKAGE_INVALID',
      details: {
        source: folder.package,
        problem: '"odd" is neither a file of the package nor a link to one',
      },
    });
  });
});
