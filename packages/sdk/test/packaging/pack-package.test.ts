import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { pluginAbiVersion } from '@stellaops/plugin-abstractions/hosting';
import { createSigningKey, packPackage } from '../../src/packaging.ts';
import { manifest, packageFolder } from './package-folder.ts';

const entry = `export const plugin = {
  [Symbol.for('stellaops.plugin.PluginDefinition')]: ${pluginAbiVersion},
  configSchema: { type: 'object', properties: { depth: { type: 'integer' } } },
  create() {},
};
export const Greeter = { id: 'Greeter', version: 1, fingerprint: '${'a'.repeat(64)}', methods: {} };
`;
const files = { 'plugin.json': JSON.stringify(manifest), 'plugin.js': entry };

describe('packPackage', () => {
  it('completes the manifest, writes the checksums, and signs them', async () => {
    await using folder = await packageFolder(files);
    const { privateKey } = createSigningKey();
    const packed = await packPackage(folder.package, { privateKey });
    expect(packed).toEqual({
      manifest: {
        ...manifest,
        provides: [{ capability: 'Greeter', version: 1, fingerprint: 'a'.repeat(64) }],
        configSchema: { type: 'object', properties: { depth: { type: 'integer' } } },
      },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      keyHint: expect.any(String),
    });
    expect(JSON.parse(await readFile(join(folder.package, 'plugin.json'), 'utf8'))).toEqual(packed.manifest);
    const names = ['SHA256SUMS', 'SHA256SUMS.sigstore.json', 'plugin.js', 'plugin.json'];
    expect((await readdir(folder.package)).toSorted()).toEqual(names);
  });

  it('gives the same digest when it packs again', async () => {
    await using folder = await packageFolder(files);
    const { digest } = await packPackage(folder.package);
    expect((await packPackage(folder.package)).digest).toBe(digest);
  });

  it('leaves no old signature behind when it gets no key', async () => {
    await using folder = await packageFolder({ ...files, 'SHA256SUMS.sigstore.json': 'old' });
    expect(await packPackage(folder.package)).not.toHaveProperty('keyHint');
    expect(await readdir(folder.package)).not.toContain('SHA256SUMS.sigstore.json');
  });

  it('writes nothing when it refuses the key', async () => {
    await using folder = await packageFolder(files);
    await expect(packPackage(folder.package, { privateKey: 'none' })).rejects.toThrow(
      'The signing key is no',
    );
    expect(await readdir(folder.package)).toHaveLength(2);
  });

  it.each([
    ['lacks a field', JSON.stringify({ ...manifest, name: undefined }), 'lacks the field "name"'],
    ['is not JSON', '{', 'JSON'],
  ])('refuses a manifest that %s', async (_, text, problem) => {
    await using folder = await packageFolder({ ...files, 'plugin.json': text });
    await expect(packPackage(folder.package)).rejects.toMatchObject({
      code: 'MANIFEST_INVALID',
      message: expect.stringContaining(problem),
    });
  });

  it.each([
    ['is missing', {}, 'plugin.js'],
    ['throws', { 'plugin.js': 'throw new Error("not today");' }, 'not today'],
    ['exports no plugin', { 'plugin.js': 'export const answer = 42;' }, 'exports nothing named `plugin`'],
  ])('refuses an entry that %s', async (_, code, problem) => {
    await using folder = await packageFolder({ 'plugin.json': files['plugin.json'], ...code });
    await expect(packPackage(folder.package)).rejects.toMatchObject({
      code: 'ENTRY_INVALID',
      details: { pluginId: 'acme.greeter', entry: 'plugin.js' },
      message: expect.stringContaining(problem),
    });
  });
});
