import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createPluginPackage, fakePlugin, testManifest } from '../../src/index.ts';
import { startHost, statusOf } from './start-host.ts';

const good = testManifest({ id: 'test.bad' });
const { entry: _, ...withoutEntry } = good;

describe('a package with a bad manifest', () => {
  it.each([
    ['that is not JSON', '{ "manifestVersion": 1,', 'MANIFEST_INVALID', 'it is not JSON'],
    ['that is empty', '', 'MANIFEST_INVALID', 'it is not JSON'],
    ['that is a list', '[]', 'MANIFEST_INVALID', 'must be object'],
    ['that lacks a field', JSON.stringify(withoutEntry), 'MANIFEST_INVALID', 'lacks the field "entry"'],
    [
      'with an unknown field',
      JSON.stringify({ ...good, entyr: 'a.js' }),
      'MANIFEST_INVALID',
      'has the unknown field "entyr"',
    ],
    [
      'with a version that is none',
      JSON.stringify({ ...good, version: '1.0' }),
      'MANIFEST_INVALID',
      '/version must match pattern',
    ],
    [
      'of a later kind',
      JSON.stringify({ ...good, manifestVersion: 2 }),
      'MANIFEST_INVALID',
      'its manifestVersion is 2, and this host reads 1',
    ],
    [
      'that claims to be built in',
      JSON.stringify({ ...good, trust: 'builtIn' }),
      'MANIFEST_INVALID',
      '/trust must be "untrusted"',
    ],
    ['whose entry is missing', JSON.stringify(good), 'ENTRY_INVALID', 'the package has no such file'],
    [
      'whose entry lies outside',
      JSON.stringify({ ...good, entry: '../plugin.js' }),
      'ENTRY_INVALID',
      'it must be a path within the package',
    ],
    [
      'made for another host',
      JSON.stringify({ ...good, entry: 'plugin.json', engines: { host: '>=99' } }),
      'INCOMPATIBLE',
      'asks for host >=99',
    ],
    [
      'whose configSchema is no schema',
      JSON.stringify({ ...good, entry: 'plugin.json', configSchema: { type: 'string', pattern: '(' } }),
      'MANIFEST_INVALID',
      'configSchema',
    ],
  ])('%s is refused, and the others are active', async (__, manifest, code, problem) => {
    await using bad = await createPluginPackage({ manifest });
    await using host = await startHost({
      sandbox: new InMemorySandbox({}),
      builtIn: [fakePlugin({ id: 'test.other' })],
      pluginPaths: [bad.directory],
    });
    const refused = host.plugins().find(({ source }) => source === bad.directory);
    expect(refused).toMatchObject({ state: 'failed', error: { code } });
    expect(refused?.error?.message).toContain(problem);
    // Who: the package, or once its manifest could be read the plugin.
    expect(refused?.error?.message).toContain(refused?.id ?? bad.directory);
    expect(refused).not.toHaveProperty('trustLevel');
    expect(host.isActive('test.bad')).toBe(false);
    expect(host.isActive('test.other')).toBe(true);
  });

  it('that is linked in is refused like one on disk', async () => {
    const bad = { ...fakePlugin(), manifest: { ...good, version: 'new' } };
    await using host = await startHost({ builtIn: [bad, fakePlugin({ id: 'test.other' })] });
    expect(host.plugins()).toMatchObject([
      { id: 'test.other', state: 'active' },
      { source: 'built-in', state: 'failed', error: { code: 'MANIFEST_INVALID' } },
    ]);
    expect(host.plugins()[1]?.error?.message).toContain('test.bad');
  });

  it('cannot reach into the host through the schema of its configuration', async () => {
    const configSchema = JSON.parse(
      '{"~kind":"Object","type":"object","properties":{"__proto__":{"~kind":"Object","type":"object","properties":{"polluted":{"default":1}}}}}',
    ) as object;
    const plugin = fakePlugin({ id: 'test.bad' });
    await using bad = await createPluginPackage({
      manifest: { id: 'test.bad', configSchema },
      files: { 'dist/plugin.js': '' },
    });
    await using host = await startHost({
      sandbox: new InMemorySandbox({ 'test.bad': plugin.plugin }),
      pluginPaths: [bad.directory],
    });
    expect(host.plugins()).toHaveLength(1);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('an id that is taken', () => {
  it('stays with the package that comes first', async () => {
    await using first = await createPluginPackage({
      manifest: { id: 'test.twin' },
      files: { 'dist/plugin.js': '// first' },
    });
    await using second = await createPluginPackage({
      manifest: { id: 'test.twin' },
      files: { 'dist/plugin.js': '// second' },
    });
    const sandbox = new InMemorySandbox({ 'test.twin': fakePlugin().plugin });
    await using host = await startHost({ sandbox, pluginPaths: [first.directory, second.directory] });
    expect(host.plugins()).toMatchObject([
      { id: 'test.twin', source: first.directory, state: 'active' },
      { id: 'test.twin', source: second.directory, state: 'failed', error: { code: 'PLUGIN_ID_TAKEN' } },
    ]);
    expect(host.plugins()[1]?.error?.message).toBe(
      `${second.directory} is refused: its id "test.twin" already belongs to ${first.directory}. Give it another id, or remove one of the two.`,
    );
    expect(host.isActive('test.twin')).toBe(true);
  });

  it('stays with the host, whatever lies on disk', async () => {
    const own = fakePlugin({ id: 'test.own' });
    await using imposter = await createPluginPackage({
      manifest: { id: 'test.own' },
      files: { 'dist/plugin.js': '' },
    });
    await using host = await startHost({ builtIn: [own], pluginPaths: [imposter.directory] });
    expect(statusOf(host, 'test.own')).toMatchObject({ source: 'built-in', state: 'active' });
    expect(host.plugins()[1]?.error?.message).toContain('already belongs to built-in');
  });
});

describe('a plugin path', () => {
  it('that does not exist is skipped, and one that is empty has no plugins', async () => {
    await using somewhere = await createPluginPackage({ files: { 'dist/plugin.js': '' } });
    const empty = join(somewhere.directory, 'empty');
    await mkdir(empty);
    await using host = await startHost({
      pluginPaths: [join(empty, 'missing'), empty],
      builtIn: [fakePlugin()],
    });
    expect(host.plugins()).toMatchObject([{ id: 'test.fake', state: 'active' }]);
  });
});
