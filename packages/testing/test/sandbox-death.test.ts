import { afterAll, describe, expect, it } from '@jest/globals';
import { isPluginError } from '@stellaops/plugin-abstractions';
import { startPluginHost, type PluginHost } from '@stellaops/plugin-host';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { createPluginPackage, fakePlugin, recordingLogger } from '../src/index.ts';
import { Acrobat } from './plugins/acrobat.ts';
import { bundlePlugin } from './plugins/bundle-plugin.ts';
import { isRunning } from './processes.ts';

const sandbox = new ProcessSandbox();
const acrobat = bundlePlugin('./acrobat.ts').then((entry) =>
  createPluginPackage({
    manifest: { id: 'test.acrobat', provides: [Acrobat] },
    files: { 'dist/plugin.js': entry },
  }),
);
afterAll(async () => (await acrobat)[Symbol.asyncDispose]());

describe('a plugin that dies in mid-call', () => {
  it.each([
    ['exits', 'exit', 'SANDBOX_EXITED', 'exited with code 7'],
    ['throws where nobody catches', 'throw', 'SANDBOX_EXITED', 'exited with code 1'],
    ['takes more memory than it may', 'hog', 'SANDBOX_LIMIT_EXCEEDED', 'memory limit of 96 MiB'],
  ] as const)(
    'fails with the reason when it %s, and leaves the others at work',
    async (_, way, code, reason) => {
      const registry = new InMemoryPluginRegistry();
      const other = fakePlugin({ id: 'test.other' });
      await using host = await startPluginHost({
        sandbox,
        registry,
        logger: recordingLogger(),
        builtIn: [other],
        pluginPaths: [(await acrobat).directory],
        limits: { memoryLimitMiB: 96 },
        required: ['test.acrobat'],
      });
      const { processId } = status(host, 'test.acrobat');
      const error: unknown = await host
        .resolve(Acrobat)
        .die(way)
        .catch((thrown: unknown) => thrown);

      expect(isPluginError(error, code) && error.message).toContain(reason);
      expect(status(host, 'test.acrobat')).toMatchObject({ state: 'failed', error: { code } });
      expect(await isRunning(processId)).toBe(false);
      expect(host.isActive('test.other')).toBe(true);
      expect(() => host.resolve(Acrobat)).toThrow(/test.acrobat is in failed/);
      expect(await lastEvent(registry)).toMatchObject({ event: 'plugin.failed', code });
    },
  );

  it('ends a stream with the reason, after the items that came', async () => {
    await using host = await startAcrobat();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of host.resolve(Acrobat).dieAfter(3)) seen.push(item);
    })();
    const error: unknown = await reading.catch((thrown: unknown) => thrown);
    expect(isPluginError(error, 'SANDBOX_EXITED')).toBe(true);
    expect(seen).toEqual([1, 2, 3].slice(0, seen.length));
  });

  it('is said to be killed when it was killed from outside', async () => {
    const logger = recordingLogger();
    await using host = await startAcrobat({ logger });
    const call = host.resolve(Acrobat).die('wait');
    await expect(host.resolve(Acrobat).ping(null)).resolves.toBe('pong');
    process.kill(status(host, 'test.acrobat').processId ?? 0, 'SIGKILL');
    await expect(call).rejects.toMatchObject({
      code: 'SANDBOX_EXITED',
      details: { problem: 'its process was ended by SIGKILL' },
    });
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('starts anew at the next scan', async () => {
    await using host = await startAcrobat();
    await host
      .resolve(Acrobat)
      .die('exit')
      .catch(() => undefined);
    await host.rescan();
    await expect(host.resolve(Acrobat).ping(null)).resolves.toBe('pong');
  });

  it('ends at the stop of the host even when it never yields', async () => {
    const host = await startAcrobat({ timeouts: { stopTimeoutMs: 200 } });
    const { processId } = status(host, 'test.acrobat');
    const call = host.resolve(Acrobat).die('spin');
    await Promise.all([host.stop(), expect(call).rejects.toMatchObject({ code: 'SANDBOX_EXITED' })]);
    expect(await isRunning(processId)).toBe(false);
    expect(status(host, 'test.acrobat')).toMatchObject({
      state: 'failed',
      error: { code: 'LIFECYCLE_TIMED_OUT' },
    });
  });
});

describe('an untrusted plugin that cannot come up', () => {
  it.each([
    ['throws', 'throw new Error("the well is dry");', 'ENTRY_INVALID', 'the well is dry'],
    ['exports nothing', 'export {};', 'ENTRY_INVALID', 'exports nothing named `plugin`'],
    [
      'exports something else',
      'export const plugin = { create() {} };',
      'ENTRY_INVALID',
      'not made by definePlugin()',
    ],
    ['has a syntax error', 'export const = 1;', 'ENTRY_INVALID', 'importing it failed'],
    ['imports what its package does not have', 'import "left-pad";', 'ENTRY_INVALID', 'left-pad'],
    ['exits', 'process.exit(3);', 'SANDBOX_EXITED', 'exited with code 3'],
    [
      'never ends',
      'await new Promise(() => setInterval(() => {}, 1000));',
      'LIFECYCLE_TIMED_OUT',
      'did not load within 1500 ms',
    ],
    ['runs in circles', 'for (;;);', 'LIFECYCLE_TIMED_OUT', 'did not load within 1500 ms'],
  ])('fails with a code when its entry %s', async (_, code, expected, sentence) => {
    await using broken = await createPluginPackage({
      manifest: { id: 'test.broken' },
      files: { 'dist/plugin.js': code },
    });
    const other = fakePlugin({ id: 'test.other' });
    const options = { sandbox, logger: recordingLogger(), builtIn: [other], pluginPaths: [broken.directory] };
    await using host = await startPluginHost({ ...options, timeouts: { loadTimeoutMs: 1500 } });
    const { state, error } = status(host, 'test.broken');
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: expected });
    expect(error?.message).toContain(sentence);
    expect(error?.message).not.toContain(process.cwd());
    expect(host.isActive('test.other')).toBe(true);
  });
});

async function startAcrobat(options: Parameters<typeof startPluginHost>[0] = {}): Promise<PluginHost> {
  const pluginPaths = [(await acrobat).directory];
  return startPluginHost({
    sandbox,
    logger: recordingLogger(),
    required: ['test.acrobat'],
    ...options,
    pluginPaths,
  });
}

function status(host: PluginHost, id: string) {
  const found = host.plugins().find((plugin) => plugin.id === id);
  if (!found) throw new Error(`the host does not know ${id}`);
  return found;
}

async function lastEvent(registry: InMemoryPluginRegistry) {
  const trail = await registry.auditTrail('test.acrobat');
  return trail.at(-1);
}
