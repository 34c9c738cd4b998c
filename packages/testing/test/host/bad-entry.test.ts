import { describe, expect, it } from '@jest/globals';
import { trustSigners } from '@stellaops/plugin-host';
import type { PluginDefinition } from '@stellaops/plugin-sdk';
import { createSigningKey } from '@stellaops/plugin-sdk/packaging';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createPluginPackage, fakePlugin } from '../../src/index.ts';
import { startHost, statusOf } from './start-host.ts';

const key = createSigningKey();
const trust = trustSigners({ me: key.publicKey });

describe('a trusted package', () => {
  it.each([
    ['throws', 'throw new Error("the well is dry");', 'importing it failed: the well is dry'],
    ['throws something else', 'throw "a fit";', 'importing it failed: a fit'],
    ['has a syntax error', 'export const = 1;', 'importing it failed: '],
    ['imports what the package does not have', 'import "./missing.js";', 'importing it failed: '],
    ['exports nothing', 'export {};', 'it exports nothing named `plugin`'],
    ['exports it as default', 'export default {};', 'it exports nothing named `plugin`'],
    [
      'exports something else',
      'export const plugin = { create() {} };',
      'its `plugin` was not made by definePlugin()',
    ],
    [
      'is of another ABI',
      'export const plugin = { [Symbol.for("stellaops.plugin.PluginDefinition")]: 7 };',
      'its SDK has ABI version 7, and this host reads 3: build it with the SDK that belongs to the host',
    ],
  ])('is refused when its entry %s, and the others are active', async (_, code, problem) => {
    await using broken = await createPluginPackage({
      manifest: { id: 'test.broken' },
      files: { 'dist/plugin.js': code },
      privateKey: key.privateKey,
    });
    const builtIn = [fakePlugin({ id: 'test.other' })];
    await using host = await startHost({ trust, builtIn, pluginPaths: [broken.directory] });
    const { state, trustLevel, error } = statusOf(host, 'test.broken');
    expect({ state, trustLevel, code: error?.code }).toEqual({
      state: 'failed',
      trustLevel: 'trusted',
      code: 'ENTRY_INVALID',
    });
    expect(error?.message).toContain(
      `The entry dist/plugin.js of plugin test.broken cannot be used: ${problem}`,
    );
    expect(error?.message).toContain('It must export `plugin`, made by definePlugin().');
    expect(host.isActive('test.other')).toBe(true);
  });

  it('is given up when its entry never ends, and the others are active', async () => {
    await using broken = await createPluginPackage({
      manifest: { id: 'test.broken' },
      files: { 'dist/plugin.js': 'await new Promise(() => {});' },
      privateKey: key.privateKey,
    });
    const builtIn = [fakePlugin({ id: 'test.other' })];
    await using host = await startHost({
      trust,
      builtIn,
      pluginPaths: [broken.directory],
      timeouts: { loadTimeoutMs: 50 },
    });
    expect(statusOf(host, 'test.broken').error?.message).toBe(
      'Plugin test.broken did not load within 50 ms and was given up. Make it faster, or raise `timeouts.loadTimeoutMs`.',
    );
    expect(host.isActive('test.other')).toBe(true);
  });
});

describe('a built-in plugin', () => {
  it('that was not made by definePlugin() is refused, and the others are active', async () => {
    const plugin = { create: () => undefined } as unknown as PluginDefinition; // what JavaScript could link in
    const builtIn = [{ ...fakePlugin({ id: 'test.broken' }), plugin }, fakePlugin({ id: 'test.other' })];
    await using host = await startHost({ builtIn });
    expect(statusOf(host, 'test.broken')).toMatchObject({
      state: 'failed',
      error: { code: 'ENTRY_INVALID' },
    });
    expect(host.isActive('test.other')).toBe(true);
  });
});

describe('an untrusted package', () => {
  it('is refused by a host without a sandbox, with the way out, and never loaded in process', async () => {
    const entry = 'globalThis.wasLoaded = true; export {};';
    await using untrusted = await createPluginPackage({
      manifest: { id: 'test.untrusted' },
      files: { 'dist/plugin.js': entry },
    });
    await using host = await startHost({
      builtIn: [fakePlugin({ id: 'test.other' })],
      pluginPaths: [untrusted.directory],
    });
    expect(statusOf(host, 'test.untrusted')).toMatchObject({
      trustLevel: 'untrusted',
      state: 'failed',
      error: { code: 'SANDBOX_UNSUPPORTED' },
    });
    expect(statusOf(host, 'test.untrusted').error?.message).toBe(
      'Untrusted plugins cannot be isolated here, so none is run: this host was given no sandbox. Pass `sandbox: new ProcessSandbox()` in the host options.',
    );
    expect(globalThis).not.toHaveProperty('wasLoaded');
    expect(host.isActive('test.other')).toBe(true);
  });

  it('that exports nothing is refused by its sandbox in the same words', async () => {
    await using untrusted = await createPluginPackage({
      manifest: { id: 'test.untrusted' },
      files: { 'dist/plugin.js': '' },
    });
    await using host = await startHost({
      sandbox: new InMemorySandbox({}),
      pluginPaths: [untrusted.directory],
    });
    expect(statusOf(host, 'test.untrusted').error).toMatchObject({
      code: 'ENTRY_INVALID',
      details: {
        pluginId: 'test.untrusted',
        entry: 'dist/plugin.js',
        problem: 'it exports nothing named `plugin`',
      },
    });
  });
});
