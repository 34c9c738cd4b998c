import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { admitPackage } from '../../src/admission/admit-package.ts';
import { files, manifest, options, packageFolder } from './package-folder.ts';

describe('a manifest', () => {
  it.each([
    ['is not JSON', '{ "manifestVersion": 1, ', 'line 1, column 25'],
    ['is empty', '', 'it is not JSON (line 1, column 1'],
    ['is no object', '[]', 'must be object'],
    ['is null', 'null', 'must be object'],
    ['lacks a field', JSON.stringify({ ...manifest, entry: undefined }), 'lacks the field "entry"'],
    [
      'has an unknown field',
      JSON.stringify({ ...manifest, trsut: 'untrusted' }),
      'has the unknown field "trsut"',
    ],
    ['has a field __proto__', '{ "__proto__": {}, ' + JSON.stringify(manifest).slice(1), '"__proto__"'],
    [
      'is of another version',
      JSON.stringify({ ...manifest, manifestVersion: 2 }),
      'its manifestVersion is 2',
    ],
    ['has no SemVer version', JSON.stringify({ ...manifest, version: '1.0' }), '/version'],
    ['has an id in upper case', JSON.stringify({ ...manifest, id: 'Acme.Scanner' }), '/id'],
    ['has an id of one part', JSON.stringify({ ...manifest, id: 'scanner' }), '/id'],
    ['asks for more trust', JSON.stringify({ ...manifest, trust: 'trusted' }), '/trust must be "untrusted"'],
    ['has a range that is none', JSON.stringify({ ...manifest, engines: { node: 'new' } }), '/engines/node'],
    [
      'declares a capability twice',
      JSON.stringify({ ...manifest, provides: [...manifest.provides, ...manifest.provides] }),
      'names CanScan v1 twice',
    ],
    [
      'has a configSchema that does not compile',
      JSON.stringify({ ...manifest, configSchema: { type: 'object', properties: { a: { pattern: '(' } } } }),
      'its configSchema is no JSON schema',
    ],
  ])('that %s is refused', async (_, text, problem) => {
    await using folder = await packageFolder({ ...files, 'plugin.json': text });
    const { refused } = await admitPackage(folder.package, options(folder));
    expect(refused?.error).toMatchObject({ code: 'MANIFEST_INVALID', details: { source: folder.package } });
    expect(refused?.error.message).toContain(problem);
  });

  it('may have fields of its own that begin with x-', async () => {
    await using folder = await packageFolder({
      ...files,
      'plugin.json': JSON.stringify({ ...manifest, 'x-owner': { team: 'scanners' } }),
    });
    const { admitted } = await admitPackage(folder.package, options(folder));
    expect(admitted?.manifest).toMatchObject({ id: 'acme.scanner', 'x-owner': { team: 'scanners' } });
  });

  it('may begin with a byte order mark', async () => {
    await using folder = await packageFolder({
      ...files,
      'plugin.json': `\uFEFF${JSON.stringify(manifest)}`,
    });
    expect((await admitPackage(folder.package, options(folder))).admitted?.manifest).toEqual(manifest);
  });

  it('that is missing is refused', async () => {
    await using folder = await packageFolder({ 'dist/plugin.js': '' });
    const { refused } = await admitPackage(folder.package, options(folder));
    expect(refused?.error).toMatchObject({
      code: 'MANIFEST_INVALID',
      details: { problem: 'there is no plugin.json' },
    });
  });

  it('that is a folder is refused', async () => {
    await using folder = await packageFolder();
    await rm(join(folder.package, 'plugin.json'));
    await mkdir(join(folder.package, 'plugin.json'));
    expect((await admitPackage(folder.package, options(folder))).refused?.error.code).toBe(
      'MANIFEST_INVALID',
    );
  });

  it('that is a link out of the package is not read', async () => {
    await using folder = await packageFolder({ 'dist/plugin.js': '' });
    await writeFile(join(folder.path, 'elsewhere.json'), JSON.stringify(manifest));
    await symlink('../elsewhere.json', join(folder.package, 'plugin.json'));
    const { refused } = await admitPackage(folder.package, options(folder));
    expect(refused).toMatchObject({ error: { code: 'PACKAGE_INVALID' } });
    expect(refused?.manifest).toBeUndefined();
  });

  it('of more than 256 KiB is refused unread', async () => {
    const text = JSON.stringify({ ...manifest, 'x-filler': 'x'.repeat(256 * 1024) });
    await using folder = await packageFolder({ ...files, 'plugin.json': text });
    const { refused } = await admitPackage(folder.package, options(folder));
    expect(refused?.error).toMatchObject({
      code: 'MANIFEST_INVALID',
      details: { problem: 'it is larger than 256 KiB' },
    });
  });

  it('that is not UTF-8 is refused', async () => {
    await using folder = await packageFolder();
    await writeFile(join(folder.package, 'plugin.json'), Buffer.from([0x7b, 0xff, 0x7d]));
    const { refused } = await admitPackage(folder.package, options(folder));
    expect(refused?.error).toMatchObject({
      code: 'MANIFEST_INVALID',
      details: { problem: 'it is not UTF-8' },
    });
  });

  it('with a schema that nests too deep to compile is refused, and the host goes on', async () => {
    const nested = `${'{"not":'.repeat(20_000)}{}${'}'.repeat(20_000)}`;
    const text = JSON.stringify(manifest).replace(/\}$/, `,"configSchema":${nested}}`);
    await using folder = await packageFolder({ ...files, 'plugin.json': text });
    expect((await admitPackage(folder.package, options(folder))).refused?.error.code).toBe(
      'MANIFEST_INVALID',
    );
  });
});

describe('the entry', () => {
  it.each(['../other.js', '/etc/passwd', 'dist/../../other.js', 'dist\\plugin.js', '..', 'dist/..'])(
    'is refused when it could lie outside of the package: %s',
    async (entry) => {
      await using folder = await packageFolder({
        ...files,
        'plugin.json': JSON.stringify({ ...manifest, entry }),
      });
      const { refused } = await admitPackage(folder.package, options(folder));
      expect(refused?.error).toMatchObject({
        code: 'ENTRY_INVALID',
        details: { pluginId: 'acme.scanner', entry },
      });
      expect(refused?.error.message).toContain('within the package');
    },
  );

  it.each(['dist/missing.js', 'dist', 'SHA256SUMS', 'file:///etc/passwd', 'https://example.com/x.js'])(
    'is refused when it is no file of the package: %s',
    async (entry) => {
      await using folder = await packageFolder({
        ...files,
        'plugin.json': JSON.stringify({ ...manifest, entry }),
      });
      const { refused } = await admitPackage(folder.package, options(folder));
      expect(refused?.error).toMatchObject({ code: 'ENTRY_INVALID', details: { entry } });
      expect(refused?.error.message).toContain('no such file');
    },
  );

  it('may begin with "./"', async () => {
    const text = JSON.stringify({ ...manifest, entry: './dist/plugin.js' });
    await using folder = await packageFolder({ ...files, 'plugin.json': text });
    expect((await admitPackage(folder.package, options(folder))).admitted).toBeDefined();
  });
});

describe('engines', () => {
  it.each([
    ['host', '>=9'],
    ['node', '<20'],
  ])('refuses a plugin that is not made for this %s', async (engine, range) => {
    const text = JSON.stringify({ ...manifest, engines: { [engine]: range } });
    await using folder = await packageFolder({ ...files, 'plugin.json': text });
    const { refused } = await admitPackage(folder.package, options(folder));
    const actual = engine === 'host' ? '0.1.0' : process.versions.node;
    expect(refused?.error).toMatchObject({
      code: 'INCOMPATIBLE',
      details: { pluginId: 'acme.scanner', engine, range, actual },
    });
  });

  it.each([
    ['0.1.0', '^0.1.0', true],
    ['1.2.0-beta.1', '>=1.1.0', true],
    ['1.2.0-beta.1', '>=1.2.0', false],
  ])('a host %s and the range %s: %s', async (hostVersion, host, fits) => {
    const text = JSON.stringify({ ...manifest, engines: { host } });
    await using folder = await packageFolder({ ...files, 'plugin.json': text });
    const { admitted } = await admitPackage(folder.package, options(folder, { hostVersion }));
    expect(admitted !== undefined).toBe(fits);
  });
});
