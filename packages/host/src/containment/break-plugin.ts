import { PluginError } from '@stellaops/plugin-abstractions';
import type { HostedPlugin } from '../lifecycle/hosted-plugin.ts';
import { lifecycleStep } from '../lifecycle/lifecycle-step.ts';
import type { PluginChanges } from '../lifecycle/plugin-changes.ts';
import type { PluginLifecycle } from '../lifecycle/plugin-lifecycle.ts';
import type { Recorder } from '../observability/recorder.ts';

/** Who must hear of it. */
interface Surroundings {
  readonly changes: Pick<PluginChanges, 'settled'>;
  readonly lifecycle: PluginLifecycle;
  readonly recorder: Recorder;
}

/**
 * Code of a plugin in this process failed where nobody waits for it: the plugin has failed, and is told to stop. What a plugin left behind
 * that had ended before is only reported, for it cannot be unloaded.
 */
export async function breakPlugin(
  { changes, lifecycle, recorder }: Surroundings,
  plugin: HostedPlugin,
  cause: unknown,
): Promise<void> {
  const problem = cause instanceof Error ? cause.message : String(cause);
  const details = { pluginId: plugin.id, phase: 'run', problem };
  const error = new PluginError('LIFECYCLE_FAILED', details, { cause });
  await changes.settled(plugin.id, async () => {
    const { instance } = plugin;
    if (plugin.state !== 'active') return recorder.failedLater(plugin, error);
    await lifecycle.fail(plugin, error);
    if (!instance) return;
    await lifecycleStep(plugin, 'stop', (signal) => instance.plugin.stop(signal)).catch((left: unknown) =>
      recorder.lost(plugin, left),
    );
  });
}
