import { isPluginError, PluginError, type Plugin } from '@stellaops/plugin-abstractions';
import type { SandboxedPlugin, SandboxLaunch } from '@stellaops/plugin-abstractions/hosting';
import type { RunnerListener } from '../wire/grpc-host.ts';
import type { PluginLog } from './plugin-log.ts';
import { RemotePlugin } from './remote-plugin.ts';
import { RunnerSession } from './runner-session.ts';

/** What this end needs to know of the isolated process; what isolates it is none of its business. */
interface SandboxProcess {
  readonly pid: number;
  readonly exited: Promise<SandboxProcessExit>;
  applyCpuLimit(): Promise<void>;
  kill(): Promise<void>;
}

interface SandboxProcessExit {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly memoryLimitHit: boolean;
}

/** How long a process may take to end after it has closed its connection. */
const exitGraceMs = 1000;

/** The parts of one sandbox that is coming up. */
export interface SandboxParts {
  readonly process: SandboxProcess;
  readonly listener: RunnerListener;
  readonly token: string;
  readonly log: PluginLog;
}

/** One process with one plugin: brings it up, and says what ended it. */
export class SandboxedProcess implements SandboxedPlugin {
  readonly ended: Promise<PluginError | undefined>;
  readonly processId: number;
  readonly #launch: SandboxLaunch;
  readonly #parts: SandboxParts;
  #plugin: RemotePlugin | undefined;
  #session: RunnerSession | undefined;
  #violation: Error | undefined;
  #isDisposed = false;

  constructor(launch: SandboxLaunch, parts: SandboxParts) {
    this.#launch = launch;
    this.#parts = parts;
    this.processId = parts.process.pid;
    this.ended = this.#end();
  }

  get plugin(): Plugin {
    if (!this.#plugin) throw new TypeError('the plugin is not loaded yet');
    return this.#plugin;
  }

  /** Waits for the runner and has it load the plugin. Rejects, having ended the process, when either fails or the signal aborts. */
  async load(signal: AbortSignal): Promise<void> {
    const given = Promise.withResolvers<never>();
    const abort = (): void => given.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      await Promise.race([this.#comeUp(), given.promise, this.#endedEarly()]);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    await this.#parts.process.kill();
    await this.ended;
  }

  async #comeUp(): Promise<void> {
    const { listener, token, log, process } = this.#parts;
    const connection = await listener.connected;
    void connection.closed.then((error) => this.#closed(error));
    this.#session = new RunnerSession(connection, this.#launch, token, log);
    await this.#session.greeted;
    await process.applyCpuLimit();
    await this.#session.step({ $case: 'load', value: {} }, 0);
    this.#plugin = new RemotePlugin(this.#launch, this.#session);
  }

  /** A process that ends closes its connection first: it is given the time to say by its exit why. */
  async #closed(error: Error | undefined): Promise<void> {
    const { process } = this.#parts;
    this.#violation ??= error;
    const grace = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => grace.resolve(undefined), isPluginError(error) ? 0 : exitGraceMs);
    await Promise.race([process.exited, grace.promise]);
    clearTimeout(timer);
    await process.kill();
  }

  async #endedEarly(): Promise<never> {
    const error = await this.ended;
    const { id: pluginId } = this.#launch.descriptor.info;
    if (this.#session || !isPluginError(error, 'SANDBOX_EXITED'))
      throw error ?? this.#exited('it was disposed');
    throw new PluginError(
      'SANDBOX_HANDSHAKE_FAILED',
      { pluginId, problem: error.details.problem },
      { cause: error },
    );
  }

  /** Waits for the end and tells everyone who waits for an answer why there will be none. */
  async #end(): Promise<PluginError | undefined> {
    const exit = await this.#parts.process.exited;
    const error = this.#isDisposed ? this.#exited('it was stopped by the host') : this.#explain(exit);
    this.#session?.close(error);
    await this.#parts.listener[Symbol.asyncDispose]();
    return this.#isDisposed ? undefined : error;
  }

  #explain({ code, signal, memoryLimitHit }: SandboxProcessExit): PluginError {
    const pluginId = this.#launch.descriptor.info.id;
    if (isPluginError(this.#violation)) return this.#violation;
    if (memoryLimitHit) {
      const limit = `memory limit of ${this.#launch.limits.memoryLimitMiB} MiB`;
      return new PluginError('SANDBOX_LIMIT_EXCEEDED', { pluginId, limit, option: 'limits.memoryLimitMiB' });
    }
    return this.#exited(
      signal === undefined
        ? `its process exited with code ${code ?? 'unknown'}`
        : `its process was ended by ${signal}`,
    );
  }

  #exited(problem: string): PluginError<'SANDBOX_EXITED'> {
    return new PluginError('SANDBOX_EXITED', { pluginId: this.#launch.descriptor.info.id, problem });
  }
}
