import { describe, expect, it } from '@jest/globals';
import type { PluginHost, PluginHostOptions } from '@stellaops/plugin-host';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createPluginPackage, fakePlugin, type FakePlugin } from '../../src/index.ts';
import { startHost, statusOf } from './start-host.ts';

/** Built in, or from a package behind the codec of the wire. */
const tiers: readonly (readonly [
  string,
  (plugin: FakePlugin, options: PluginHostOptions) => Promise<PluginHost>,
])[] = [
  [
    'a built-in plugin',
    (plugin, options) => startHost({ ...options, builtIn: [...(options.builtIn ?? []), plugin] }),
  ],
  [
    'an untrusted plugin',
    async (plugin, options) => {
      await using directory = await createPluginPackage({
        manifest: plugin.manifest,
        files: { 'dist/plugin.js': '' },
      });
      const sandbox = new InMemorySandbox({ [plugin.manifest.id]: plugin.plugin });
      return await startHost({ ...options, sandbox, pluginPaths: [directory.directory] });
    },
  ],
];

describe.each(tiers)('%s', (_, start) => {
  it.each(['initialize', 'start'] as const)(
    'that never ends to %s is given up, and the others are active',
    async (step) => {
      const slow = fakePlugin({ id: 'test.slow', hangs: [step] });
      await using host = await start(slow, {
        builtIn: [fakePlugin({ id: 'test.other' })],
        timeouts: { [`${step}TimeoutMs`]: 50 },
      });
      const { state, error } = statusOf(host, 'test.slow');
      expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'LIFECYCLE_TIMED_OUT' });
      expect(error?.message).toBe(
        `Plugin test.slow did not ${step} within 50 ms and was given up. Make it faster, or raise \`timeouts.${step}TimeoutMs\`.`,
      );
      expect(slow.steps.findLast((begun) => begun !== 'stop')).toBe(step);
      expect(host.isActive('test.other')).toBe(true);
    },
  );

  it('that never ends to stop is given up when the host stops, and the others are stopped', async () => {
    const slow = fakePlugin({ id: 'test.slow', hangs: ['stop'] });
    const other = fakePlugin({ id: 'test.other' });
    const host = await start(slow, { builtIn: [other], timeouts: { stopTimeoutMs: 50 } });
    expect(host.isActive('test.slow')).toBe(true);
    await host.stop();
    expect(statusOf(host, 'test.slow')).toMatchObject({
      state: 'failed',
      error: { code: 'LIFECYCLE_TIMED_OUT' },
    });
    expect(statusOf(host, 'test.slow').error?.message).toContain('did not stop within 50 ms');
    expect(statusOf(host, 'test.other')).toMatchObject({ state: 'shutdown' });
    expect(other.steps).toEqual(['initialize', 'start', 'stop']);
  });

  it.each(['initialize', 'start'] as const)(
    'that fails to %s says of what, and the others are active',
    async (step) => {
      const broken = fakePlugin({ id: 'test.broken', fails: { [step]: new Error('the well is dry') } });
      await using host = await start(broken, { builtIn: [fakePlugin({ id: 'test.other' })] });
      const { state, error } = statusOf(host, 'test.broken');
      expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'LIFECYCLE_FAILED' });
      expect(error?.message).toBe(
        `Plugin test.broken failed to ${step}: the well is dry. Its log and the cause of this error say more.`,
      );
      expect(error).toHaveProperty('cause.message', 'the well is dry');
      expect(host.isActive('test.other')).toBe(true);
    },
  );

  it('that fails to stop says of what, and the others are stopped', async () => {
    const broken = fakePlugin({ id: 'test.broken', fails: { stop: new Error('the well is dry') } });
    const other = fakePlugin({ id: 'test.other' });
    const host = await start(broken, { builtIn: [other] });
    await host.stop();
    expect(statusOf(host, 'test.broken')).toMatchObject({
      state: 'failed',
      error: { code: 'LIFECYCLE_FAILED' },
    });
    expect(statusOf(host, 'test.broken').error?.message).toContain('failed to stop: the well is dry');
    expect(other.steps).toEqual(['initialize', 'start', 'stop']);
  });

  it.each([undefined, null, 'a fit', 7])('may throw %p, which is no error', async (thrown) => {
    const broken = fakePlugin({ id: 'test.broken', fails: { initialize: thrown } });
    await using host = await start(broken, { builtIn: [fakePlugin({ id: 'test.other' })] });
    expect(statusOf(host, 'test.broken').error).toMatchObject({
      code: 'LIFECYCLE_FAILED',
      details: { problem: String(thrown) },
    });
    expect(host.isActive('test.other')).toBe(true);
  });
});

describe('a plugin in process whose start fails', () => {
  it('is told to stop, because nothing else would end what its initialization began', async () => {
    const plugin = fakePlugin({ id: 'test.slow', fails: { start: new Error('no') } });
    await using host = await startHost({ builtIn: [plugin] });
    expect(plugin.steps).toEqual(['initialize', 'start', 'stop']);
    expect(statusOf(host, 'test.slow')).toMatchObject({
      state: 'failed',
      error: { code: 'LIFECYCLE_FAILED' },
    });
  });
});
