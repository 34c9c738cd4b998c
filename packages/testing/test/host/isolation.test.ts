import { describe, expect, it } from '@jest/globals';
import { startPluginHost, type PluginSettings } from '@stellaops/plugin-host';
import {
  isolationAspects,
  noIsolation,
  type IsolationAspect,
  type IsolationReport,
  type PluginSandbox,
} from '@stellaops/plugin-abstractions/hosting';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createPluginPackage, fakePlugin, recordingLogger } from '../../src/index.ts';

const id = 'test.confined';

/** A report that has every aspect enforced but these. */
function reportWithout(...missing: readonly IsolationAspect[]): IsolationReport {
  const evidence = [{ source: 'kernel', tried: 'a look', saw: 'it holds', held: true }] as const;
  const found = isolationAspects.map((aspect) => {
    const state = missing.includes(aspect) ? 'absent' : 'enforced';
    return [aspect, { state, by: ['a test'], evidence }] as const;
  });
  const { aspects } = noIsolation('a test');
  return { mechanism: 'a test', aspects: { ...aspects, ...Object.fromEntries(found) } };
}

/** Runs the plugin, and reports of its isolation what a test says. */
function sandboxReporting(isolation: IsolationReport): PluginSandbox & { required: unknown } {
  const inner = new InMemorySandbox({ [id]: fakePlugin({ id }).plugin });
  return {
    required: undefined,
    async launch(launch, signal) {
      this.required = launch.requiredIsolation;
      return { ...(await inner.launch(launch, signal)), isolation };
    },
  };
}

async function startHost(sandbox: PluginSandbox, settings: PluginSettings = {}) {
  const confined = await createPluginPackage({ manifest: { id }, files: { 'dist/plugin.js': '' } });
  const registry = new InMemoryPluginRegistry();
  const host = await startPluginHost({
    sandbox,
    registry,
    logger: recordingLogger(),
    pluginPaths: [confined.directory],
    ...settings,
  });
  const [status] = host.plugins();
  const trail = await registry.auditTrail({ pluginId: id });
  await host.stop();
  await confined[Symbol.asyncDispose]();
  return { status, trail };
}

describe('the isolation of an untrusted plugin', () => {
  it('is required in every aspect, and stands in health and audit trail', async () => {
    const sandbox = sandboxReporting(reportWithout());
    const { status, trail } = await startHost(sandbox);
    expect(sandbox.required).toEqual(isolationAspects);
    expect(status).toMatchObject({ state: 'active', isolation: reportWithout() });
    const activated = trail.find(({ event }) => event === 'plugin.activated');
    expect(activated?.isolation).toEqual(reportWithout());
    expect(activated).not.toHaveProperty('waivedIsolation');
  });

  it('keeps the plugin from running where an aspect is missing, which is named', async () => {
    const { status } = await startHost(sandboxReporting(reportWithout('memory', 'cpu')));
    expect(status).toMatchObject({ state: 'failed', error: { code: 'ISOLATION_INSUFFICIENT' } });
    expect(status?.error?.message).toBe(
      'Plugin test.confined is not run, because its sandbox does not enforce memory (absent), cpu (absent). Mend the machine as the doctor says, or name what you can do without in `waivedIsolation`.',
    );
  });

  it('may be waived by the operator for all plugins or for one, which the audit trail names', async () => {
    for (const settings of [
      { waivedIsolation: ['memory'] },
      { perPlugin: { [id]: { waivedIsolation: ['memory'] } } },
    ] as const) {
      const sandbox = sandboxReporting(reportWithout('memory'));
      const { status, trail } = await startHost(sandbox, settings);
      expect(status?.state).toBe('active');
      expect(sandbox.required).toEqual(isolationAspects.filter((aspect) => aspect !== 'memory'));
      expect(trail.find(({ event }) => event === 'plugin.activated')?.waivedIsolation).toEqual(['memory']);
    }
  });

  it('is not believed without evidence, nor against it', async () => {
    const { aspects } = reportWithout();
    const unseen = { ...aspects.network, evidence: [] };
    const refuted = {
      source: 'runner',
      tried: 'connect to a server',
      saw: 'connected',
      held: false,
    } as const;
    const broken = { ...aspects.network, evidence: [...aspects.network.evidence, refuted] };
    for (const [network, sentence] of [
      [unseen, 'network (nobody has seen it enforced)'],
      [broken, 'network (connect to a server: connected)'],
    ] as const) {
      const { status } = await startHost(
        sandboxReporting({ mechanism: 'a test', aspects: { ...aspects, network } }),
      );
      expect(status?.error?.message).toContain(sentence);
    }
  });

  it('cannot be claimed by a sandbox that isolates nothing', async () => {
    const { status } = await startHost(new InMemorySandbox({ [id]: fakePlugin({ id }).plugin }));
    expect(status).toMatchObject({ state: 'failed', error: { code: 'ISOLATION_INSUFFICIENT' } });
  });
});
