import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { trustSigners } from '@stellaops/plugin-host';
import { createSigningKey } from '@stellaops/plugin-sdk/packaging';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createPluginPackage, fakePlugin, type PluginPackageOptions } from '../../src/index.ts';
import { startHost } from './start-host.ts';

const key = createSigningKey();
const files = { 'dist/plugin.js': 'export {};' };
const manifest = { id: 'test.package' };

describe('explaining a package', () => {
  it.each<[string, PluginPackageOptions]>([
    ['is signed', { manifest, files, privateKey: key.privateKey }],
    ['is not signed', { manifest, files }],
    ['is signed by a stranger', { manifest, files, privateKey: createSigningKey().privateKey }],
    [
      'asks to run lower',
      { manifest: { ...manifest, trust: 'untrusted' }, files, privateKey: key.privateKey },
    ],
    ['has a bad manifest', { manifest: '{', files }],
    ['has no entry', { manifest }],
    ['is for another host', { manifest: { ...manifest, engines: { host: '>=99' } }, files }],
  ])('that %s says what a start does', async (_, options) => {
    await using directory = await createPluginPackage(options);
    const sandbox = new InMemorySandbox({ 'test.package': fakePlugin().plugin });
    await using host = await startHost({
      sandbox,
      trust: trustSigners({ me: key.publicKey }),
      pluginPaths: [directory.directory],
    });
    const {
      directory: source,
      admissible,
      pluginId,
      version,
      trustLevel,
      reason,
      error,
    } = await host.explain(directory.directory);
    const started = host.plugins()[0];
    expect({ source, id: pluginId, version, trustLevel, trustReason: reason }).toEqual({
      source: directory.directory,
      id: started?.id,
      version: started?.version,
      trustLevel: started?.trustLevel,
      trustReason: started?.trustReason,
    });
    expect(error).toEqual(admissible ? undefined : started?.error?.toJSON());
  });

  it('runs no code of it, starts nothing, and leaves nothing behind', async () => {
    const stateDirectory = await mkdtemp(join(tmpdir(), 'stella-explain-'));
    const entry = 'globalThis.hasRun = true; export {};';
    await using directory = await createPluginPackage({ manifest, files: { 'dist/plugin.js': entry } });
    const host = await startHost({ stateDirectory });
    expect(await host.explain(directory.directory)).toMatchObject({
      admissible: true,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(host.plugins()).toEqual([]);
    expect(globalThis).not.toHaveProperty('hasRun');
    expect(
      (await readdir(stateDirectory, { recursive: true })).filter((name) => name.includes('plugin')),
    ).toEqual([]);
    await host.stop();
    expect(await readdir(stateDirectory)).toEqual([]);
    await rm(stateDirectory, { recursive: true });
  });

  it('never rejects, not even for what is not there', async () => {
    await using host = await startHost({});
    expect(await host.explain('/nowhere/at/all')).toMatchObject({
      admissible: false,
      error: { code: 'PACKAGE_INVALID' },
    });
  });
});
