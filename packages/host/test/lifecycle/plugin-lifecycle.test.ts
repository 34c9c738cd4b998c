import { describe, expect, it } from '@jest/globals';
import { PluginError } from '@stellaops/plugin-abstractions';
import {
  lifecycleTransitions,
  parseManifest,
  type LifecycleState,
} from '@stellaops/plugin-abstractions/hosting';
import { completeOptions } from '../../src/host-options.ts';
import { defaultSettings } from '../../src/plugin-settings.ts';
import { HostedPlugin } from '../../src/lifecycle/hosted-plugin.ts';
import { PluginLifecycle } from '../../src/lifecycle/plugin-lifecycle.ts';
import { Recorder } from '../../src/observability/recorder.ts';
import { linkedPlugin, silentLogger } from '../linked-plugin.ts';

const states = Object.keys(lifecycleTransitions) as LifecycleState[];
const steps = states.flatMap((from) => states.map((to) => ({ from, to })));
const isAllowed = ({ from, to }: (typeof steps)[number]): boolean => lifecycleTransitions[from].includes(to);

describe('a plugin', () => {
  it.each(steps.filter((step) => step.to !== 'failed' && isAllowed(step)))(
    'goes from $from to $to',
    async ({ from, to }) => {
      const { lifecycle, plugin } = given(from);
      await lifecycle.enter(plugin, to as Exclude<LifecycleState, 'failed'>); // the filter above
      expect(plugin.state).toBe(to);
    },
  );

  it.each(steps.filter((step) => step.to !== 'failed' && !isAllowed(step)))(
    'cannot go from $from to $to, and stays what it is',
    async ({ from, to }) => {
      const { lifecycle, plugin } = given(from);
      const entering = lifecycle.enter(plugin, to as Exclude<LifecycleState, 'failed'>); // the filter above
      await expect(entering).rejects.toMatchObject({
        code: 'TRANSITION_ILLEGAL',
        details: { pluginId: 'test.one', from, to },
      });
      expect(plugin.state).toBe(from);
    },
  );

  it.each(steps.filter((step) => step.to === 'failed' && isAllowed(step)))(
    'fails in $from',
    async ({ from }) => {
      const { lifecycle, plugin } = given(from);
      const error = new PluginError('REGISTRY_UNAVAILABLE', { problem: 'gone' });
      await lifecycle.fail(plugin, error);
      expect(plugin).toMatchObject({ state: 'failed', error });
    },
  );

  it.each(steps.filter((step) => step.to === 'failed' && !isAllowed(step)))(
    'that is in $from does not fail, and nobody is told that it did',
    async ({ from }) => {
      const { lifecycle, plugin } = given(from);
      await lifecycle.fail(plugin, new PluginError('REGISTRY_UNAVAILABLE', { problem: 'gone' }));
      expect(plugin).toMatchObject({ state: from, error: undefined });
    },
  );
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
  const plugin = new HostedPlugin(
    {
      manifest: parseManifest(manifest, 'the test'),
      source: 'built-in',
      digest: 'd',
      trustLevel: 'builtIn',
      trustReason: 'linked in by the host',
      code: { definition },
    },
    defaultSettings,
  );
  plugin.state = state;
  return { plugin, lifecycle: new PluginLifecycle(new Recorder(completeOptions({ logger: silentLogger }))) };
}
