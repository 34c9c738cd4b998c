import { afterAll, describe, expect, it } from '@jest/globals';
import { createPluginPackage, type PluginPackage } from '../src/index.ts';
import { otherId, startBeside, statusOf } from './acrobat-host.ts';
import { bundlePlugin } from './plugins/bundle-plugin.ts';
import { isRunning } from './processes.ts';

const id = 'test.sleeper';
const password = 'correct horse battery staple';
const sleeper = packSleeper();
afterAll(async () => (await sleeper)[Symbol.asyncDispose]());

describe('an untrusted plugin that cannot come up', () => {
  it.each([
    ['throws', 'throw new Error("the well is dry");', 'ENTRY_INVALID', 'the well is dry', 'stopped'],
    ['exports nothing', 'export {};', 'ENTRY_INVALID', 'exports nothing named `plugin`', 'stopped'],
    [
      'exports something else',
      'export const plugin = { create() {} };',
      'ENTRY_INVALID',
      'not made by definePlugin()',
      'stopped',
    ],
    ['has a syntax error', 'export const = 1;', 'ENTRY_INVALID', 'importing it failed', 'stopped'],
    ['imports what its package does not have', 'import "left-pad";', 'ENTRY_INVALID', 'left-pad', 'stopped'],
    ['exits', 'process.exit(3);', 'SANDBOX_EXITED', 'exited with code 3', 'crashed'],
    [
      'never ends',
      'await new Promise(() => setInterval(() => {}, 1000));',
      'LIFECYCLE_TIMED_OUT',
      'did not load within 5000 ms',
      'startTimeout',
    ],
    ['runs in circles', 'for (;;);', 'LIFECYCLE_TIMED_OUT', 'did not load within 5000 ms', 'startTimeout'],
  ])('fails with a code when its entry %s', async (_, code, expected, sentence, cause) => {
    const printing = `import { writeSync } from 'node:fs';\nwriteSync(1, 'here I come\\n');\n${code}`;
    await using broken = await createPluginPackage({
      manifest: { id: 'test.broken' },
      files: { 'dist/plugin.js': printing },
    });
    const timeouts = cause === 'startTimeout' ? { loadTimeoutMs: 5000 } : {};
    await using running = await startBeside(broken.directory, { timeouts });
    const { host, lastEvent } = running;
    const { state, error, crash } = statusOf(host, 'test.broken');
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: expected });
    expect(error?.message).toContain(sentence);
    expect(error?.message).not.toContain(process.cwd());
    expect(crash).toMatchObject({ cause, peakMemoryMiB: expect.any(Number), callsInFlightCount: 0 });
    expect(await lastEvent('test.broken')).toMatchObject({ event: 'plugin.failed', code: expected, crash });
    expect(host.isActive(otherId)).toBe(true);
  });

  it.each([
    ['initialize', false],
    ['initialize', true],
    ['start', false],
  ] as const)('has its sandbox ended when it does not %s in time (busy: %s)', async (sleepsIn, isBusy) => {
    await using running = await startBeside((await sleeper).directory, {
      config: { [id]: { sleepsIn, isBusy, password } },
      timeouts: { [`${sleepsIn}TimeoutMs`]: 500 },
    });
    const { host, lastEvent } = running;
    const { state, error, crash } = statusOf(host, id);
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'LIFECYCLE_TIMED_OUT' });
    expect(crash).toMatchObject({
      cause: 'startTimeout',
      problem: `it did not ${sleepsIn} in time, and was ended by the host`,
      lastLines: [`{"sleepsIn":"[redacted]","isBusy":${isBusy},"password":"[redacted]"}`].map((line) =>
        sleepsIn === 'start' ? line.replace('"[redacted]"', '"start"') : line,
      ),
    });
    expect(await lastEvent(id)).toMatchObject({ event: 'plugin.failed', crash });
    expect(JSON.stringify(await lastEvent(id))).not.toContain(password);
    expect(host.isActive(otherId)).toBe(true);
  });
});

describe('an untrusted plugin that is stopped', () => {
  it.each([false, true])('is ended when it does not stop in time (busy: %s)', async (isBusy) => {
    await using running = await startBeside((await sleeper).directory, {
      config: { [id]: { sleepsIn: 'stop', isBusy } },
      timeouts: { stopTimeoutMs: 300 },
      required: [id],
    });
    const { host, lastEvent } = running;
    const { processId } = statusOf(host, id);
    await host.stop();
    expect(await isRunning(processId)).toBe(false);
    const { state, error, crash } = statusOf(host, id);
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'LIFECYCLE_TIMED_OUT' });
    expect(crash).toMatchObject({
      cause: 'unresponsive',
      problem: 'it did not stop in time, and was ended by the host',
    });
    expect(await lastEvent(id)).toMatchObject({ event: 'plugin.failed', crash });
  });

  it('is said to be stopped when it went in time', async () => {
    await using running = await startBeside((await sleeper).directory, { required: [id] });
    const { host } = running;
    await host.stop();
    expect(statusOf(host, id)).toMatchObject({
      state: 'shutdown',
      crash: { cause: 'stopped', problem: 'it was stopped by the host' },
    });
  });
});

async function packSleeper(): Promise<PluginPackage> {
  return createPluginPackage({
    manifest: { id },
    files: { 'dist/plugin.js': await bundlePlugin('./sleeper.ts') },
  });
}
