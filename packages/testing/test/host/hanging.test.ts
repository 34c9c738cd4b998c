import { describe, expect, it } from '@jest/globals';
import type { PluginSandbox, SandboxedPlugin } from '@stellaops/plugin-abstractions/hosting';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createPluginPackage, fakePlugin } from '../../src/index.ts';
import { until } from '../until.ts';
import { gateId, startGateHost } from './gate-host.ts';
import { plugin } from './plugins/gate-plugin.ts';
import { startHost, statusOf } from './start-host.ts';

const never = new Promise<never>(() => undefined);
const timeouts = { disposeTimeoutMs: 20 };

/** A sandbox of somebody else, whose `dispose` does not end. */
function hangingSandbox() {
  const real = new InMemorySandbox({ [gateId]: plugin });
  const sandbox: PluginSandbox = {
    launch: async (...given) => {
      const { plugin: sandboxed, isolation, ended } = await real.launch(...given);
      const hanging: SandboxedPlugin = {
        plugin: sandboxed,
        isolation,
        ended,
        [Symbol.asyncDispose]: () => never,
      };
      return hanging;
    },
  };
  return { sandbox, crash: () => real.crash(gateId) };
}

describe('a sandbox whose end does not come', () => {
  it('does not keep the host from stopping, and is told of', async () => {
    const { sandbox } = hangingSandbox();
    await using gate = await startGateHost('untrusted', { sandbox, timeouts });
    await gate.host.stop();
    const { state, error } = statusOf(gate.host, gateId);
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'LIFECYCLE_TIMED_OUT' });
    expect(error?.message).toContain('did not end within 20 ms');
    expect(error?.message).toContain('timeouts.disposeTimeoutMs');
  });

  it('does not keep a crash from being recorded', async () => {
    const { sandbox, crash } = hangingSandbox();
    await using gate = await startGateHost('untrusted', { sandbox, timeouts });
    crash();
    await until(() => !gate.host.isActive(gateId));
    await expect(gate.host.whenActive(gateId)).rejects.toMatchObject({ code: 'SANDBOX_EXITED' });
    await expect(gate.registry.find(gateId)).resolves.toMatchObject({ status: 'failed' });
  });

  it('does not keep a new version from taking its place', async () => {
    const { sandbox } = hangingSandbox();
    await using gate = await startGateHost('untrusted', { sandbox, timeouts });
    await gate.put('2.0.0');
    await gate.host.rescan();
    await expect(gate.gate.version(null)).resolves.toBe('2.0.0');
    expect(gate.host.plugins()).toMatchObject([{ version: '2.0.0', state: 'active' }]);
  });
});

describe('a sandbox that hears of no signal while it launches', () => {
  it('is given up, and ended when it is there after all', async () => {
    const launched = Promise.withResolvers<void>();
    let disposals = 0;
    const sandbox: PluginSandbox = {
      launch: async ({ descriptor }) => {
        await launched.promise;
        return {
          plugin: fakePlugin({ id: gateId }).plugin.create(descriptor),
          isolation: { aspects: {} } as SandboxedPlugin['isolation'], // it is given up before anybody looks
          ended: never,
          [Symbol.asyncDispose]: () => Promise.resolve(void disposals++),
        };
      },
    };
    await using directory = await createPluginPackage({
      manifest: { id: gateId },
      files: { 'dist/plugin.js': '' },
    });
    await using host = await startHost({
      sandbox,
      pluginPaths: [directory.directory],
      timeouts: { ...timeouts, loadTimeoutMs: 20 },
    });
    expect(statusOf(host, gateId)).toMatchObject({
      state: 'failed',
      error: { code: 'LIFECYCLE_TIMED_OUT', details: { phase: 'load' } },
    });
    launched.resolve();
    await until(() => disposals === 1);
  });
});

describe('a trust policy that does not answer', () => {
  it('refuses the package after the deadline, and leaves at work what runs of it', async () => {
    let asked = 0;
    await using gate = await startGateHost('untrusted', {
      trust: () => (++asked === 1 ? Promise.resolve({ trustLevel: 'untrusted', reason: 'so' }) : never),
      timeouts: { admitTimeoutMs: 500 },
    });
    await gate.put('2.0.0');
    await gate.host.rescan();
    expect(gate.host.plugins()).toMatchObject([
      { id: gateId, version: '1.0.0', state: 'active' },
      { state: 'failed', error: { code: 'PACKAGE_INVALID' } },
    ]);
    const [, refused] = gate.host.plugins();
    expect(refused?.error?.message).toContain('within 500 ms (timeouts.admitTimeoutMs)');
    await expect(gate.gate.version(null)).resolves.toBe('1.0.0');
  });

  it('does not keep an explanation from being given', async () => {
    await using directory = await createPluginPackage({ files: { 'dist/plugin.js': '' } });
    await using host = await startHost({ trust: () => never, timeouts: { admitTimeoutMs: 50 } });
    await expect(host.explain(directory.directory)).resolves.toMatchObject({
      admissible: false,
      error: { code: 'PACKAGE_INVALID' },
    });
  });
});
