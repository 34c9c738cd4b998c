import { execFileSync } from 'node:child_process';
import { mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { admitPackage } from '../../src/admission/admit-package.ts';
import { openPackageFile } from '../../src/admission/open-package-file.ts';
import { defaultPackageLimits } from '../../src/admission/package-limits.ts';
import { walkPackage } from '../../src/admission/package-walk.ts';
import { files, listFiles, options, packageFolder, writeSums, type TestFolder } from './package-folder.ts';

async function problemOf(folder: TestFolder, limits = {}): Promise<string> {
  const { refused } = await admitPackage(folder.package, options(folder, { limits }));
  expect(refused?.error).toMatchObject({ code: 'PACKAGE_INVALID', details: { source: folder.package } });
  expect(await listFiles(folder.store)).toEqual([]);
  return refused?.error.message ?? '';
}

describe('a package is refused', () => {
  it.each([
    ['../outside', 'leaves the package'],
    ['/etc/passwd', 'leaves the package'],
    ['..', 'leaves the package'],
    ['.', 'leaves the package'],
    ['dist', 'does not lead to a file'],
    ['/dev/null', 'leaves the package'],
    ['nowhere', 'leads nowhere (ENOENT)'],
    ['link', 'leads nowhere (ELOOP)'],
  ])('for a link to %s', async (target, problem) => {
    await using folder = await packageFolder();
    await writeFile(join(folder.path, 'outside'), 'secret');
    await symlink(target, join(folder.package, 'link'));
    expect(await problemOf(folder)).toContain(`the link "link" ${problem}`);
  });

  it('for a link to a directory whose name begins with its own', async () => {
    await using folder = await packageFolder();
    await mkdir(`${folder.package}-evil`);
    await writeFile(`${folder.package}-evil/file`, '');
    await symlink('../package-evil/file', join(folder.package, 'link'));
    expect(await problemOf(folder)).toContain('leaves the package');
  });

  it('for a fifo, without waiting for a writer', async () => {
    await using folder = await packageFolder();
    execFileSync('mkfifo', [join(folder.package, 'dist/pipe')]);
    expect(await problemOf(folder)).toContain('"dist/pipe" is neither a file, a folder nor a link');
  });

  it('for a socket', async () => {
    await using folder = await packageFolder();
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(join(folder.package, 'socket'), resolve);
    });
    try {
      expect(await problemOf(folder)).toContain('"socket" is neither');
    } finally {
      server.close();
    }
  });

  it('for a name that is not UTF-8', async () => {
    await using folder = await packageFolder();
    await writeFile(Buffer.concat([Buffer.from(`${folder.package}/bad-`), Buffer.from([0xff])]), '');
    expect(await problemOf(folder)).toContain('is not UTF-8');
  });

  it('for a file that SHA256SUMS does not list', async () => {
    await using folder = await packageFolder();
    await writeSums(folder.package);
    await writeFile(join(folder.package, 'dist/extra.js'), '');
    expect(await problemOf(folder)).toContain('has files that SHA256SUMS does not list: "dist/extra.js"');
  });

  it('for a file that SHA256SUMS lists and that is not there', async () => {
    await using folder = await packageFolder({ ...files, a: '', b: '', c: '', d: '' });
    await writeSums(folder.package);
    for (const name of ['a', 'b', 'c', 'd']) await rm(join(folder.package, name));
    expect(await problemOf(folder)).toContain('lacks files that SHA256SUMS lists: "a", "b", "c" and 1 more');
  });

  it('for a file that changed since it was packed, and the listing still names the plugin', async () => {
    await using folder = await packageFolder();
    await writeSums(folder.package);
    await writeFile(join(folder.package, 'dist/plugin.js'), 'changed');
    expect(await problemOf(folder)).toContain('files differ from SHA256SUMS: "dist/plugin.js"');
    const { refused } = await admitPackage(folder.package, options(folder));
    expect(refused?.manifest).toMatchObject({ id: 'acme.scanner', version: '1.2.3', name: 'Scanner' });
  });

  it.each([
    [
      'in another order',
      (text: string) =>
        text
          .split(/(?<=\n)/)
          .toReversed()
          .join(''),
    ],
    ['with the mark of binary mode', (text: string) => text.replace('  ', ' *')],
    ['with an empty line', (text: string) => `${text}\n`],
    ['without the last line feed', (text: string) => text.trimEnd()],
    ['with an escape that is not needed', (text: string) => text.replace(/^/, '\\')],
  ])('for a SHA256SUMS %s: one content has one digest', async (_, rewrite) => {
    await using folder = await packageFolder();
    await writeFile(join(folder.package, 'SHA256SUMS'), rewrite(await writeSums(folder.package)));
    expect(await problemOf(folder)).toContain('not written as the pack tool does');
  });

  it.each([
    ['no checksums', 'hello\n', 'line 1 of SHA256SUMS is no checksum'],
    ['itself', `${'0'.repeat(64)}  SHA256SUMS\n`, 'lacks files that SHA256SUMS lists: "SHA256SUMS"'],
    ['a path that leaves it', `${'0'.repeat(64)}  ../x\n`, 'lacks files that SHA256SUMS lists: "../x"'],
    ['a path twice', `${'0'.repeat(64)}  a\n${'1'.repeat(64)}  a\n`, 'names a twice'],
    ['nothing', '', 'has files that SHA256SUMS does not list'],
  ])('for a SHA256SUMS that lists %s', async (_, text, problem) => {
    await using folder = await packageFolder({ ...files, SHA256SUMS: text });
    expect(await problemOf(folder)).toContain(problem);
  });

  it('for a SHA256SUMS that is not UTF-8', async () => {
    await using folder = await packageFolder();
    await writeFile(join(folder.package, 'SHA256SUMS'), Buffer.from([0xff]));
    expect(await problemOf(folder)).toContain('its SHA256SUMS is not UTF-8');
  });

  it('for a folder where the SHA256SUMS belongs', async () => {
    await using folder = await packageFolder({ ...files, 'SHA256SUMS/a': '' });
    expect(await problemOf(folder)).toContain('SHA256SUMS is a folder');
  });

  it('for more files and folders than the limit', async () => {
    await using folder = await packageFolder();
    await mkdir(join(folder.package, 'a/b/c/d'), { recursive: true });
    expect(await problemOf(folder, { maxFiles: 6 })).toContain('more than 6 files and folders');
    expect(
      (await admitPackage(folder.package, options(folder, { limits: { maxFiles: 7 } }))).admitted,
    ).toBeDefined();
  });

  it('for more bytes than the limit, whatever size a sparse file pretends to have', async () => {
    await using folder = await packageFolder();
    await writeFile(join(folder.package, 'sparse'), '');
    await truncate(join(folder.package, 'sparse'), 4 * 1024 ** 3);
    expect(await problemOf(folder, { maxSizeMiB: 2 })).toContain('larger than 2 MiB');
  });

  it('for a signature of absurd size', async () => {
    await using folder = await packageFolder();
    await writeFile(join(folder.package, 'SHA256SUMS.sigstore.json'), 'x'.repeat(2 * 1024 * 1024));
    expect(await problemOf(folder)).toContain('SHA256SUMS.sigstore.json is larger than 1 MiB');
  });

  it('when it is not there, by the code of the system alone', async () => {
    await using folder = await packageFolder();
    await rm(folder.package, { recursive: true });
    const { refused } = await admitPackage(folder.package, options(folder));
    expect(refused?.error).toMatchObject({
      code: 'PACKAGE_INVALID',
      details: { source: folder.package, problem: 'it could not be read and copied (ENOENT)' },
    });
  });

  it('when the store cannot be written, and the message does not say where that is', async () => {
    await using folder = await packageFolder();
    const storeDirectory = join(folder.path, 'a-file/store');
    await writeFile(join(folder.path, 'a-file'), '');
    const { refused } = await admitPackage(folder.package, options(folder, { storeDirectory }));
    expect(refused?.error.code).toBe('PACKAGE_INVALID');
    expect(JSON.stringify(refused?.error)).not.toContain('a-file');
  });

  it('with names in its message that cannot steer a terminal', async () => {
    await using folder = await packageFolder({ ...files, '\u001b[2J\u009b\u202e': '' });
    await symlink('/', join(folder.package, '\u001b[2J\u009b\u202e-link'));
    expect(await problemOf(folder)).toContain('\\u001b[2J\\u009b\\u202e-link');
  });
});

describe('between the walk and the read', () => {
  const walk = (folder: TestFolder) => {
    const root = { source: folder.package, directory: folder.package };
    return walkPackage(root, defaultPackageLimits).then((found) => ({ root, found }));
  };

  it('a folder that became a link out of the package is noticed', async () => {
    await using folder = await packageFolder();
    const { root, found } = await walk(folder);
    await rename(join(folder.package, 'dist'), join(folder.path, 'elsewhere'));
    await symlink('../elsewhere', join(folder.package, 'dist'));
    const file = found.find(({ path }) => path === 'dist/plugin.js') ?? { path: '', location: '' };
    await expect(openPackageFile(root, file)).rejects.toMatchObject({ code: 'PACKAGE_INVALID' });
  });

  it.each([
    ['a link', 'ELOOP', (path: string) => symlink('/etc/hostname', path)],
    ['a fifo', 'PACKAGE_INVALID', (path: string) => Promise.resolve(void execFileSync('mkfifo', [path]))],
    ['a folder', 'PACKAGE_INVALID', (path: string) => mkdir(path)],
  ])('a file that became %s is not read', async (_, code, replace) => {
    await using folder = await packageFolder();
    const { root, found } = await walk(folder);
    const file = found.find(({ path }) => path === 'dist/plugin.js') ?? { path: '', location: '' };
    await rm(file.location);
    await replace(file.location);
    await expect(openPackageFile(root, file)).rejects.toMatchObject({ code });
  });
});
