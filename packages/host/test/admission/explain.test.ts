import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { explainPackage } from '../../src/admission/explain.ts';
import { trustNobody, trustSigners } from '../../src/admission/trust-policy.ts';
import {
  files,
  listFiles,
  manifest,
  options,
  p256,
  packageFolder,
  signFolder,
  writeSums,
} from './package-folder.ts';

describe('explainPackage', () => {
  it('says how a package would be admitted, in plain data', async () => {
    const requires = [{ capability: 'KeyValueStore', version: 2, parameters: { bucket: 'a' } }];
    await using folder = await packageFolder({
      ...files,
      'plugin.json': JSON.stringify({ ...manifest, requires }),
    });
    const key = p256();
    await signFolder(folder, key);
    const trust = trustSigners({ 'stella-release': key.publicKey });
    const explanation = await explainPackage(folder.package, options(folder, { trust }));
    expect(explanation).toEqual({
      directory: folder.package,
      admissible: true,
      pluginId: 'acme.scanner',
      version: '1.2.3',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      trustLevel: 'trusted',
      reason: 'signed by stella-release',
      capabilities: {
        provides: [{ id: 'CanScan', version: 1 }],
        requires: [{ id: 'KeyValueStore', version: 2, parameters: { bucket: 'a' } }],
      },
    });
    expect(structuredClone(explanation)).toEqual(explanation);
  });

  it('says why a package would be refused, with all that is known of it', async () => {
    await using folder = await packageFolder();
    await writeSums(folder.package);
    await writeFile(join(folder.package, 'extra'), '');
    expect(await explainPackage(folder.package, options(folder))).toEqual({
      directory: folder.package,
      admissible: false,
      pluginId: 'acme.scanner',
      version: '1.2.3',
      digest: expect.any(String),
      capabilities: { provides: [{ id: 'CanScan', version: 1 }], requires: [] },
      error: {
        code: 'PACKAGE_INVALID',
        message: expect.stringContaining('"extra"'),
        details: { source: folder.package, problem: expect.any(String) },
      },
    });
  });

  it('says so when there is nothing at all', async () => {
    const explanation = await explainPackage('/nowhere/at/all', { trust: trustNobody, hostVersion: '0.1.0' });
    expect(explanation).toMatchObject({
      directory: '/nowhere/at/all',
      admissible: false,
      error: { code: 'PACKAGE_INVALID' },
    });
  });

  it('runs no code of the package and leaves nothing behind', async () => {
    const entry = `globalThis.ran = true; process.exit(1);`;
    await using folder = await packageFolder({ ...files, 'dist/plugin.js': entry });
    await mkdir(folder.store);
    expect(await explainPackage(folder.package, options(folder))).toMatchObject({ admissible: true });
    expect(globalThis).not.toHaveProperty('ran');
    expect(await listFiles(folder.store)).toEqual([]);
    expect(await readdir(folder.store)).toEqual([]);
  });

  it('works without a store of a host', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'explain-'));
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = temporary;
    try {
      await using folder = await packageFolder();
      expect(
        await explainPackage(folder.package, { trust: trustNobody, hostVersion: '0.1.0' }),
      ).toMatchObject({
        admissible: true,
      });
      expect((await readdir(temporary)).filter((name) => name.startsWith('.'))).toEqual([]);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      await rm(temporary, { recursive: true, force: true });
    }
  });
});
