import { isPluginError, PluginError, type PluginDefinition } from '@stellaops/plugin-abstractions';
import type { PluginSandbox, SandboxedPlugin, SandboxLaunch } from '@stellaops/plugin-abstractions/hosting';
import { PluginLog } from './client/plugin-log.ts';
import { RemotePlugin } from './client/remote-plugin.ts';
import { RunnerSession } from './client/runner-session.ts';
import { PluginRunner } from './runner/plugin-runner.ts';
import { connectInMemory } from './wire/in-memory-connection.ts';

/**
 * For tests only: runs plugins in this process behind the real codec of the wire, so that a test sees what an untrusted plugin
 * would see, and isolates nothing. It is made with the plugins that it may run.
 */
export class InMemorySandbox implements PluginSandbox {
  readonly #plugins: Readonly<Record<string, PluginDefinition>>;
  readonly #running = new Map<string, () => void>();

  /** Plugins by id. */
  constructor(plugins: Readonly<Record<string, PluginDefinition>>) {
    this.#plugins = plugins;
  }

  async launch(launch: SandboxLaunch, signal: AbortSignal): Promise<SandboxedPlugin> {
    const { id: pluginId } = launch.descriptor.info;
    const plugin = this.#plugins[pluginId];
    const { host, runner } = connectInMemory(launch.messageLimits.maxCallsInFlight);
    const token = 'in memory';
    const session = new RunnerSession(host, launch, token, new PluginLog(launch.logger));
    void new PluginRunner(runner, () => Promise.resolve({ plugin })).run(token);

    let isDisposed = false;
    const ended = host.closed.then((closing) => {
      const problem = isDisposed ? 'it was stopped by the host' : 'it ended as a process would that crashed';
      const error = isPluginError(closing)
        ? closing
        : new PluginError('SANDBOX_EXITED', { pluginId, problem });
      session.close(error);
      return isDisposed ? undefined : error;
    });
    const dispose = async (): Promise<void> => {
      isDisposed = true;
      host.close();
      await ended;
    };
    signal.addEventListener('abort', () => void dispose(), { once: true });
    this.#running.set(pluginId, () => host.close());
    try {
      await session.greeted;
      await session.step({ $case: 'load', value: {} }, 0);
    } catch (error) {
      await dispose();
      throw error;
    }
    return { plugin: new RemotePlugin(launch, session), ended, [Symbol.asyncDispose]: dispose };
  }

  /** Ends the sandbox of a plugin from outside, as the death of its process would. */
  crash(pluginId: string): void {
    this.#running.get(pluginId)?.();
  }
}
