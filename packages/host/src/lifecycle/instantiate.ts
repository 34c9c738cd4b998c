import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PluginError, readPluginDefinition, type Logger } from '@stellaops/plugin-abstractions';
import { isolationAspects, isolationShortfall } from '@stellaops/plugin-abstractions/hosting';
import type { PluginServices } from '../dispatch/service-desk.ts';
import type { CompleteOptions } from '../host-options.ts';
import type { StateDirectory } from '../state-directory.ts';
import type { HostedPlugin, PluginInstance } from './hosted-plugin.ts';
import type { Launch } from './instances/launch-all.ts';
import { SandboxGroup } from './instances/sandbox-group.ts';

/** What a plugin is given when it is loaded, by whatever tier. */
export interface LoadSurroundings {
  readonly options: CompleteOptions;
  readonly state: StateDirectory;
  readonly services: PluginServices;
  readonly logger: Logger;
  /** The packages whose code was imported into this process, where it stays. */
  readonly imported: Set<string>;
  /** Told of a sandbox that ended by itself while others of the plugin go on. */
  readonly onLost: (error: PluginError) => void;
}

/** Loads a plugin where its tier says: an untrusted one never in this process. Rejects with what is wrong with it. */
export async function instantiate(
  plugin: HostedPlugin,
  surroundings: LoadSurroundings,
  signal: AbortSignal,
): Promise<PluginInstance> {
  const { services, imported } = surroundings;
  try {
    return plugin.admitted.trustLevel === 'untrusted'
      ? await inSandboxes(plugin, surroundings, signal)
      : await inProcess(plugin, imported, services);
  } catch (error) {
    services.close();
    throw error;
  }
}

async function inProcess(
  { id, admitted, descriptor }: HostedPlugin,
  imported: Set<string>,
  services: PluginServices,
): Promise<PluginInstance> {
  const { entry } = admitted.manifest;
  const module =
    'definition' in admitted.code
      ? { plugin: admitted.code.definition }
      : await importEntry(id, admitted.code.packageDirectory, entry, imported);
  const definition = readPluginDefinition(module);
  if (typeof definition === 'string')
    throw new PluginError('ENTRY_INVALID', { pluginId: id, entry, problem: definition });
  const dispose = (): Promise<void> => Promise.resolve(services.close());
  return { plugin: definition.create(descriptor), dispose };
}

async function importEntry(
  pluginId: string,
  packageDirectory: string,
  entry: string,
  imported: Set<string>,
): Promise<unknown> {
  imported.add(packageDirectory);
  try {
    return (await import(pathToFileURL(join(packageDirectory, entry)).href)) as unknown;
  } catch (cause) {
    const problem = `importing it failed: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new PluginError('ENTRY_INVALID', { pluginId, entry, problem }, { cause });
  }
}

/** One, or as many as the operator wants. */
async function inSandboxes(
  plugin: HostedPlugin,
  surroundings: LoadSurroundings,
  signal: AbortSignal,
): Promise<PluginInstance> {
  const { services, onLost } = surroundings;
  const { descriptor, settings } = plugin;
  const launch: Launch = (given) => inSandbox(plugin, surroundings, given);
  const closed = (): void => services.close();
  if (settings.instances > 1)
    return SandboxGroup.launch(
      {
        descriptor,
        wanted: settings.instances,
        launch,
        disposeTimeoutMs: settings.timeouts.disposeTimeoutMs,
        onLost,
        closed,
      },
      signal,
    );
  const instance = await launch(signal);
  const dispose = (): Promise<void> => {
    closed();
    return instance.dispose();
  };
  return { ...instance, dispose };
}

async function inSandbox(
  plugin: HostedPlugin,
  surroundings: LoadSurroundings,
  signal: AbortSignal,
): Promise<PluginInstance> {
  const { options, state, services, logger } = surroundings;
  if (!options.sandbox) {
    const problem = 'this host was given no sandbox';
    throw new PluginError('SANDBOX_UNSUPPORTED', {
      problem,
      fix: 'Pass `sandbox: new ProcessSandbox()` in the host options.',
    });
  }
  const { id: pluginId, admitted, descriptor } = plugin;
  const { limits, messages, timeouts, waivedIsolation } = plugin.settings;
  const requiredIsolation = isolationAspects.filter((aspect) => !waivedIsolation.includes(aspect));
  const runtime = state.runtime();
  runtime.catch(() => undefined); // whoever waits for it below hears of it
  const scratch = await state.scratch();
  try {
    const sandboxed = await options.sandbox.launch(
      {
        descriptor,
        packageDirectory: 'packageDirectory' in admitted.code ? admitted.code.packageDirectory : scratch.path,
        packageDigest: admitted.digest,
        entry: admitted.manifest.entry,
        scratchDirectory: scratch.path,
        runtimeDirectory: await runtime,
        limits,
        messageLimits: messages,
        services,
        logger,
        callTimeoutMs: timeouts.callTimeoutMs,
        stopTimeoutMs: timeouts.stopTimeoutMs,
        heartbeatTimeoutMs: timeouts.heartbeatTimeoutMs,
        requiredIsolation,
        onEnd: (report) => {
          plugin.crash = report;
          plugin.hasCrashed = true;
        },
      },
      signal,
    );
    const { isolation, processId, ended } = sandboxed;
    const dispose = async (): Promise<void> => {
      await sandboxed[Symbol.asyncDispose]();
      await scratch.remove();
    };
    // The sandbox refuses by itself before it loads the plugin; one that does not is not believed either.
    const missing = isolationShortfall(isolation, requiredIsolation);
    if (missing !== undefined) {
      await dispose();
      throw new PluginError('ISOLATION_INSUFFICIENT', { pluginId, missing });
    }
    const usage = sandboxed.usage?.bind(sandboxed);
    const isEnding = (): boolean => sandboxed.isEnding === true;
    return { plugin: sandboxed.plugin, processId, isolation, usage, isEnding, ended, dispose };
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}
