import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createPluginPackage, fakePlugin } from '../../src/index.ts';
import { startHost } from './start-host.ts';

describe('the state directory of a host', () => {
  it('holds nothing of the host any more when it has stopped', async () => {
    await using folder = await temporaryFolder();
    const plugin = fakePlugin();
    await using directory = await createPluginPackage({
      manifest: plugin.manifest,
      files: { 'dist/plugin.js': '' },
    });
    const sandbox = new InMemorySandbox({ 'test.fake': plugin.plugin });
    const host = await startHost({
      sandbox,
      stateDirectory: folder.path,
      pluginPaths: [directory.directory],
    });
    expect(host.isActive('test.fake')).toBe(true);
    expect(await readdir(folder.path)).toContainEqual(expect.stringMatching(/^host\./));
    await host.stop();
    expect(await readdir(folder.path)).toEqual(['runtime']);
    expect(await readdir(join(folder.path, 'runtime'))).toEqual([]);
  });

  it('holds nothing of a host that did not start', async () => {
    await using folder = await temporaryFolder();
    await using directory = await createPluginPackage({
      manifest: { id: 'test.one' },
      files: { 'dist/plugin.js': '' },
    });
    const options = {
      stateDirectory: folder.path,
      pluginPaths: [directory.directory],
      required: ['test.one'],
    };
    await expect(startHost(options)).rejects.toMatchObject({ code: 'REQUIRED_PLUGINS_FAILED' });
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('keeps the host from starting with packages when others may write to it', async () => {
    await using folder = await temporaryFolder();
    await chmod(folder.path, 0o777);
    const plugin = fakePlugin({ id: 'test.linked' });
    await using directory = await createPluginPackage({ files: { 'dist/plugin.js': '' } });
    const options = { stateDirectory: folder.path, builtIn: [plugin], pluginPaths: [directory.directory] };
    await expect(startHost(options)).rejects.toMatchObject({
      code: 'STATE_DIRECTORY_INVALID',
      details: { directory: folder.path },
    });
    expect(plugin.steps).toEqual([]);
  });

  it('is not touched by a host that has built-in plugins alone', async () => {
    await using folder = await temporaryFolder();
    await chmod(folder.path, 0o777);
    await using host = await startHost({ stateDirectory: folder.path, builtIn: [fakePlugin()] });
    expect(host.isActive('test.fake')).toBe(true);
    expect(await readdir(folder.path)).toEqual([]);
  });
});

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'stella-state-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
