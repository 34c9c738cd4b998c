import { describe, expect, it } from '@jest/globals';
import { PluginError } from '@stellaops/plugin-abstractions';
import type { CrashReport } from '@stellaops/plugin-abstractions/hosting';
import type { PluginSettings } from '@stellaops/plugin-host';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createPluginPackage, fakePlugin, type FakePluginOptions } from '../../src/index.ts';
import { startHost, statusOf } from './start-host.ts';

const id = 'test.mortal';

describe('the end of a sandbox in memory', () => {
  it('is told once, as stopped, when the host stops', async () => {
    const { host, reports } = await startMortal();
    await host.stop();
    expect(reports).toMatchObject([{ cause: 'stopped', problem: 'it was stopped by the host' }]);
    expect(statusOf(host, id)).toMatchObject({ state: 'shutdown', crash: { cause: 'stopped' } });
  });

  it('is told once, as crashed, in health and audit trail, when it ends by itself', async () => {
    const { host, reports, sandbox, failure } = await startMortal();
    sandbox.crash(id);
    const event = await failure();
    expect(reports).toMatchObject([{ cause: 'crashed' }]);
    expect(event.crash).toEqual(reports[0]);
    expect(host.health().plugins).toMatchObject([{ id, state: 'failed', crash: { cause: 'crashed' } }]);
    await host.stop();
    expect(reports).toHaveLength(1);
  });

  it('is a start that took too long when it hangs while it is initialized', async () => {
    const { host, reports, failure } = await startMortal({ hangs: ['initialize'] });
    expect(reports).toMatchObject([
      { cause: 'startTimeout', problem: 'it did not initialize in time, and was ended by the host' },
    ]);
    expect((await failure()).crash).toEqual(reports[0]);
    await host.stop();
  });

  it('is a plugin that was ended because it did not stop', async () => {
    const { host, reports, failure } = await startMortal({ hangs: ['stop'] });
    await host.stop();
    expect(reports).toMatchObject([{ cause: 'unresponsive' }]);
    expect((await failure()).crash).toEqual(reports[0]);
  });

  it('is no part of a later failure that came before there was a sandbox', async () => {
    const broken = new PluginError('SANDBOX_UNSUPPORTED', { problem: 'the machine broke', fix: 'Mend it.' });
    const restart = { maxRestarts: 1, windowMs: 60_000, firstDelayMs: 1, longestDelayMs: 1 };
    const { host, sandbox, failure } = await startMortal({}, { restart }, broken);
    sandbox.crash(id);
    expect((await failure(1)).crash).toMatchObject({ cause: 'crashed' });
    const second = await failure(2);
    expect(second).toMatchObject({ code: 'SANDBOX_UNSUPPORTED' });
    expect(second.crash).toBeUndefined();
    await host.stop();
  });
});

/** A host with one untrusted plugin, and what its sandbox told of its end. */
async function startMortal(
  options: FakePluginOptions = {},
  settings: PluginSettings = {},
  laterLaunch?: PluginError,
) {
  const reports: CrashReport[] = [];
  const inner = new InMemorySandbox({ [id]: fakePlugin({ id, ...options }).plugin });
  await using folder = await createPluginPackage({ manifest: { id }, files: { 'dist/plugin.js': '' } });
  const registry = new InMemoryPluginRegistry();
  const host = await startHost({
    registry,
    sandbox: {
      launch: async (launch, signal) => {
        if (laterLaunch && reports.length > 0) throw laterLaunch;
        const onEnd = (report: CrashReport): void => {
          reports.push(report);
          launch.onEnd(report);
        };
        return inner.launch({ ...launch, onEnd }, signal);
      },
    },
    pluginPaths: [folder.directory],
    timeouts: { initializeTimeoutMs: 200, stopTimeoutMs: 200 },
    ...settings,
  });
  const failure = async (count = 1) => {
    for (;;) {
      const events = await registry.auditTrail({ pluginId: id, event: 'plugin.failed' });
      const event = events[count - 1];
      if (event) return event;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { host, reports, sandbox: inner, failure };
}
