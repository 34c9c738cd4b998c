import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { startPluginHost } from '@stellaops/plugin-host';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import type { Static } from '@stellaops/plugin-sdk';
import { build } from 'esbuild';
import { createPluginPackage, recordingLogger, type PluginPackage } from '../src/index.ts';
import { Memoirist } from './plugins/memoirist.ts';

const id = 'test.memoirist';
const packages = new AsyncDisposableStack();
afterAll(() => packages.disposeAsync());

/** Packages that differ in a word alone, which stands in a module that the entry imports. */
const packed = new Map<string, Promise<PluginPackage>>();
function pack(word: string): Promise<PluginPackage> {
  const made = packed.get(word) ?? packOnce(word);
  packed.set(word, made);
  return made;
}

async function packOnce(word: string): Promise<PluginPackage> {
  const files = {
    'dist/plugin.js': await bundleEntry(),
    'dist/word.js': `globalThis.word = "${word}";\n`,
    'dist/later.js': 'globalThis.later = "unread";\n',
  };
  return packages.use(await createPluginPackage({ manifest: { id, provides: [Memoirist] }, files }));
}

/** With a source map, and an import that stays one. */
async function bundleEntry(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./plugins/memoirist-plugin.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    banner: { js: "import './word.js';" },
    sourcemap: 'inline',
    write: false,
  });
  return outputFiles.map(({ text }) => text).join('');
}

async function makeState(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp('/tmp/stella-compiled-');
  await chmod(path, 0o711);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Starts the plugin, and has it tell. */
async function tellOf(
  stateDirectory: string,
  word = 'alpha',
  sandbox = new ProcessSandbox(),
): Promise<Static<typeof Memoirist.methods.tell.response>> {
  await using host = await startPluginHost({
    sandbox,
    stateDirectory,
    pluginPaths: [(await pack(word)).directory],
    required: [id],
    logger: recordingLogger(),
  });
  return host.resolve(Memoirist).tell({});
}

/** The files that are kept. */
async function keptIn(stateDirectory: string): Promise<readonly string[]> {
  const folder = join(stateDirectory, 'runtime/compiled');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((one) => one.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Where Node's own file says which source it was made of: the fourth of its numbers, the CRC of the source. */
const sourceOf = (file: Buffer): Buffer => file.subarray(12, 16);

describe('code that was compiled at an earlier start', () => {
  it('is made of a package before any of it has run, and is no part of what the plugin sees', async () => {
    await using state = await makeState();
    const first = await tellOf(state.path);
    const place = expect.stringMatching(/^memoirist-plugin\.ts:\d+:\d+$/) as unknown as string;
    expect(first).toEqual({ word: 'alpha', runs: 1, writing: 'ENOENT', temporary: [], place });
    // What the entry may import later is compiled too.
    for (const part of ['alpha', 'unread']) await findWord(await keptIn(state.path), part);
    expect(await tellOf(state.path)).toEqual({ ...first, writing: 'EROFS' });
  });

  it('is what runs at the next start, cold or in a warm slot, and no package is shown that of another', async () => {
    await using state = await makeState();
    await tellOf(state.path, 'alpha');
    const alphas = await keptIn(state.path);
    await tellOf(state.path, 'gamma');
    const gammas = (await keptIn(state.path)).filter((file) => !alphas.includes(file));
    // Code that says "gamma", kept as what was compiled of the source that says "alpha": one sees which of them ran.
    const gammaOf = await findWord(gammas, 'gamma');
    const alphaFile = await findWord(alphas, 'alpha');
    const forged = await readFile(gammaOf);
    sourceOf(await readFile(alphaFile)).copy(sourceOf(forged));
    await rm(alphaFile);
    await writeFile(alphaFile, forged, { mode: 0o444 });
    expect(await tellOf(state.path, 'alpha')).toMatchObject({ word: 'gamma' });
    expect(await tellOf(state.path, 'gamma')).toMatchObject({ word: 'gamma' });

    await using sandbox = new ProcessSandbox({ warmSlots: { count: 1 } });
    await sandbox.warmUp();
    expect(await tellOf(state.path, 'alpha', sandbox)).toMatchObject({ word: 'gamma', temporary: [] });
  });

  it('is done without where it is broken', async () => {
    await using state = await makeState();
    const first = await tellOf(state.path);
    for (const file of await keptIn(state.path)) {
      const broken = (await readFile(file)).fill(0x5a, 40);
      await rm(file);
      await writeFile(file, broken, { mode: 0o444 });
    }
    const { word, runs, place } = first;
    expect(await tellOf(state.path)).toMatchObject({ word, runs, place });
    for (const file of await keptIn(state.path)) await rm(file);
    expect(await tellOf(state.path)).toMatchObject({ word, runs, place });
  });
});

async function findWord(files: readonly string[], word: string): Promise<string> {
  for (const file of files) {
    const content = await readFile(file);
    // The module of the word is small; the entry is not.
    if (content.includes(word) && content.length < 4096) return file;
  }
  throw new Error(`no compiled code has the word ${word}`);
}
