import { describe, expect, it } from '@jest/globals';
import { PluginError } from '@stellaops/plugin-abstractions';
import { lifecycleTransitions, type LifecycleState } from '@stellaops/plugin-abstractions/hosting';
import { completeOptions } from '../../src/host-options.ts';
import { HostedPlugin } from '../../src/lifecycle/hosted-plugin.ts';
import { PluginLifecycle } from '../../src/lifecycle/plugin-lifecycle.ts';
import { Recorder } from '../../src/observability/recorder.ts';
import { linkedPlugin, silentLogger } from '../linked-plugin.ts';

type Target = Exclude<LifecycleState, 'failed'>;
const states = Object.keys(lifecycleTransitions) as LifecycleState[];
const targets = states.filter((state) => state !== 'failed') as Target[];

describe.each(states)('a plugin in %s', (from) => {
  it.each(targets)('enters %s only when the table allows it', async (to) => {
    const { lifecycle, plugin } = given(from);
    if (lifecycleTransitions[from].includes(to)) {
      await lifecycle.enter(plugin, to);
      expect(plugin.state).toBe(to);
    } else {
      await expect(lifecycle.enter(plugin, to)).rejects.toMatchObject({
        code: 'TRANSITION_ILLEGAL',
        details: { pluginId: 'test.one', from, to },
      });
      expect(plugin.state).toBe(from);
    }
  });

  it('fails when the table allows it, and otherwise stays what it is', async () => {
    const { lifecycle, plugin } = given(from);
    const error = new PluginError('REGISTRY_UNAVAILABLE', { problem: 'gone' });
    await lifecycle.fail(plugin, error);
    const canFail = lifecycleTransitions[from].includes('failed');
    expect(plugin.state).toBe(canFail ? 'failed' : from);
    expect(plugin.error).toBe(canFail ? error : undefined);
  });
});

describe('a plugin that fails', () => {
  it('has the signal of its life aborted with what it failed of, and its instance disposed once', async () => {
    const { lifecycle, plugin } = given('active');
    let disposals = 0;
    const { definition } = plugin.admitted.code as { definition: ReturnType<typeof linkedPlugin>['plugin'] };
    plugin.instance = {
      plugin: definition.create(plugin.descriptor),
      dispose: () => Promise.resolve(void disposals++),
    };
    const error = new PluginError('REGISTRY_UNAVAILABLE', { problem: 'gone' });
    await lifecycle.fail(plugin, error);
    await lifecycle.fail(plugin, new Error('and again'));
    expect(plugin.ending.signal.reason).toBe(error);
    expect(plugin.error).toBe(error);
    expect(disposals).toBe(1);
    expect(plugin.instance).toBeUndefined();
  });

  it('says what was thrown when that was no error of the framework', async () => {
    const { lifecycle, plugin } = given('active');
    const thrown = new Error('the disk is full');
    await lifecycle.fail(plugin, thrown);
    expect(plugin.error).toMatchObject({ code: 'LIFECYCLE_FAILED', cause: thrown });
    expect(plugin.error?.message).toContain('the disk is full');
  });
});

function given(state: LifecycleState) {
  const { manifest, plugin: definition } = linkedPlugin('test.one');
  const plugin = new HostedPlugin({
    manifest,
    source: 'built-in',
    digest: 'd',
    trustLevel: 'builtIn',
    trustReason: 'linked in by the host',
    code: { definition },
  });
  plugin.state = state;
  return { plugin, lifecycle: new PluginLifecycle(new Recorder(completeOptions({ logger: silentLogger }))) };
}
