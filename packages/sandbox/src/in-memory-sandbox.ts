import { isPluginError, type PluginDefinition, type PluginError } from '@stellaops/plugin-abstractions';
import {
  noIsolation,
  type PluginSandbox,
  type SandboxedPlugin,
  type SandboxLaunch,
} from '@stellaops/plugin-abstractions/hosting';
import { PluginLog } from './client/plugin-log.ts';
import { RemotePlugin } from './client/remote-plugin.ts';
import { RunnerSession } from './client/runner-session.ts';
import { SandboxEnd } from './client/sandbox-end.ts';
import { Secrets } from './client/secrets.ts';
import { PluginRunner } from './runner/plugin-runner.ts';
import { connectInMemory } from './wire/in-memory-connection.ts';

/** How a process ends that crashed, where there is no process and no kernel that counts. */
const crashed = {
  code: 1,
  signal: undefined,
  memoryLimitHit: false,
  processLimitHit: false,
  peakMemoryMiB: undefined,
  cpuMs: undefined,
  throttledMs: undefined,
  leftBehind: undefined,
} as const;

/**
 * For tests only: runs plugins in this process behind the real codec of the wire, so that a test sees what an untrusted plugin
 * would see, and isolates nothing. It is made with the plugins that it may run.
 */
export class InMemorySandbox implements PluginSandbox {
  readonly #plugins: Readonly<Record<string, PluginDefinition>>;
  readonly #running = new Map<string, Set<() => void>>();

  /** Plugins by id. */
  constructor(plugins: Readonly<Record<string, PluginDefinition>>) {
    this.#plugins = plugins;
  }

  async launch(launch: SandboxLaunch, signal: AbortSignal): Promise<SandboxedPlugin> {
    const { id: pluginId } = launch.descriptor.info;
    const plugin = this.#plugins[pluginId];
    const { host: connection, runner } = connectInMemory(launch.messageLimits.maxCallsInFlight);
    const token = 'in memory';
    const log = new PluginLog(launch.logger, launch.limits.logLinesPerSecond);
    const secrets = new Secrets([]);
    const end = new SandboxEnd({ launch, log, secrets });
    const crash = (): void => connection.close();
    const session = new RunnerSession({ connection, launch, token, log, onSilent: crash });
    end.follow(session);
    void new PluginRunner(runner, () => Promise.resolve({ plugin })).run(token, []);

    let isDisposed = false;
    const untilGone = async (): Promise<PluginError | undefined> => {
      const closing = await connection.closed;
      if (isPluginError(closing)) end.intendViolation(closing);
      const { cause, error } = await end.report({ ...crashed, wasKilled: isDisposed });
      session.close(error); // calls fail by it a little later: whoever is told of the end hears of it first
      return isDisposed || cause === 'stopped' ? undefined : error;
    };
    const ended = untilGone();
    const dispose = async (): Promise<void> => {
      isDisposed = true;
      end.intendDisposal();
      connection.close();
      await ended;
    };
    signal.addEventListener('abort', () => void dispose(), { once: true });
    const running = this.#running.get(pluginId) ?? new Set();
    this.#running.set(pluginId, running.add(crash));
    void ended.then(() => running.delete(crash));
    try {
      await session.greeted;
      await session.steps.run({ $case: 'load', value: {} }, 0);
    } catch (error) {
      await dispose();
      throw error;
    }
    const isolation = noIsolation('in memory, for tests');
    const remote = new RemotePlugin(launch, session, secrets);
    return {
      plugin: remote,
      isolation,
      get isEnding() {
        return end.isKnown;
      },
      ended,
      [Symbol.asyncDispose]: dispose,
    };
  }

  /** Ends the sandbox of a plugin from outside, as the death of its process would; of several, the one that was started last. */
  crash(pluginId: string): void {
    [...(this.#running.get(pluginId) ?? [])].at(-1)?.();
  }
}
