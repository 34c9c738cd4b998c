import { isPluginError, PluginError, type Plugin } from '@stellaops/plugin-abstractions';
import {
  isolationShortfall,
  noIsolation,
  type IsolationReport,
  type SandboxedPlugin,
  type SandboxLaunch,
  type SandboxUsage,
} from '@stellaops/plugin-abstractions/hosting';
import type { RunnerListener } from '../wire/grpc-host.ts';
import type { CompiledFile } from '../wire/messages.ts';
import { explainClosing } from '../wire/protocol-violation.ts';
import type { HostIntention } from './end-record.ts';
import { PluginLog } from './plugin-log.ts';
import { PluginOutput } from './plugin-output.ts';
import { RemotePlugin } from './remote-plugin.ts';
import { RunnerSession } from './runner-session.ts';
import { SandboxEnd } from './sandbox-end.ts';
import type { SandboxProcess } from './sandbox-process.ts';
import { Secrets } from './secrets.ts';

/** How long a process may take to end after it has closed its connection, and what it had said to be read after it has ended. */
const exitGraceMs = 1000;

/** The parts of one sandbox that is coming up. */
export interface SandboxParts {
  readonly process: SandboxProcess;
  readonly listener: RunnerListener;
  readonly token: string;
  /** When the package is in a sandbox that came up without it: whether its compiled code is there too. Default: it is in it. */
  readonly filled?: Promise<boolean> | undefined;
  /** Keeps what the runner compiled for a later one, and never rejects; missing where that is not to be done. */
  readonly keepCompiled?: ((files: readonly CompiledFile[]) => Promise<void>) | undefined;
}

/** One process with one plugin: brings it up, and says what ended it. */
export class SandboxedProcess implements SandboxedPlugin {
  readonly ended: Promise<PluginError | undefined>;
  readonly processId: number;
  isolation: IsolationReport = noIsolation('not inspected yet');
  readonly #launch: SandboxLaunch;
  readonly #parts: SandboxParts;
  readonly #log: PluginLog;
  readonly #output: PluginOutput;
  readonly #secrets: Secrets;
  readonly #end: SandboxEnd;
  #plugin: RemotePlugin | undefined;
  #session: RunnerSession | undefined;
  #heardAll: Promise<unknown> = Promise.resolve();
  #isDisposed = false;

  constructor(launch: SandboxLaunch, parts: SandboxParts) {
    const { logLinesPerSecond, outputKiBPerSecond } = launch.limits;
    this.#launch = launch;
    this.#parts = parts;
    this.#log = new PluginLog(launch.logger, logLinesPerSecond);
    this.#output = new PluginOutput(parts.process, outputKiBPerSecond, this.#log);
    this.#secrets = new Secrets([parts.token]);
    this.#end = new SandboxEnd({ launch, log: this.#log, secrets: this.#secrets });
    this.processId = parts.process.pid;
    this.ended = this.#untilGone();
  }

  get plugin(): Plugin {
    if (!this.#plugin) throw new TypeError('the plugin is not loaded yet');
    return this.#plugin;
  }

  get isEnding(): boolean {
    return this.#end.isKnown;
  }

  /** Waits for the runner and has it load the plugin. Rejects, having ended the process, when either fails or the signal aborts. */
  async load(signal: AbortSignal): Promise<void> {
    const given = Promise.withResolvers<never>();
    const abort = (): void => {
      this.#end.intend({ kind: 'disposed', during: 'load' });
      given.reject(signal.reason);
    };
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

  async usage(): Promise<SandboxUsage> {
    const { process, listener } = this.#parts;
    const load = await process.readLoad();
    return { ...load, ...listener.traffic, droppedLogLines: this.#log.droppedLines };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    this.#end.intendDisposal();
    await this.#parts.process.kill();
    await this.ended;
  }

  async #comeUp(): Promise<void> {
    const { listener, token, process } = this.#parts;
    await listener.dialled;
    await process.applyCpuLimit();
    // The runner tries its isolation now: the kernel is asked in the meantime.
    void process.askKernel();
    const connection = await listener.connected;
    const { id: pluginId } = this.#launch.descriptor.info;
    this.#heardAll = connection.closed;
    void connection.closed.then((error) => this.#closed(explainClosing(error, pluginId)));
    const { heartbeatTimeoutMs: timeoutMs } = this.#launch;
    this.#session = new RunnerSession({
      connection,
      launch: this.#launch,
      token,
      log: this.#log,
      onAsked: () => this.#end.asked(process.readUsage().then(({ throttledMs }) => throttledMs)),
      onSilent: () => void this.#killBecause({ kind: 'silence', timeoutMs }),
    });
    this.#end.follow(this.#session);
    this.isolation = await process.inspect(this.#session.greeted);
    this.#requireIsolation();
    const isCompiled = await this.#parts.filled;
    const kept = isCompiled === true ? undefined : this.#parts.keepCompiled?.(await this.#session.compile());
    try {
      await this.#session.steps.run({ $case: 'load', value: {} }, 0);
    } finally {
      await kept; // nothing is written any more when this is over
    }
    this.#plugin = new RemotePlugin(this.#launch, this.#session, this.#secrets);
  }

  /** Before any code of the plugin is loaded. */
  #requireIsolation(): void {
    const { descriptor, requiredIsolation } = this.#launch;
    const missing = isolationShortfall(this.isolation, requiredIsolation);
    if (missing === undefined) return;
    throw new PluginError('ISOLATION_INSUFFICIENT', { pluginId: descriptor.info.id, missing });
  }

  async #killBecause(intention: HostIntention): Promise<void> {
    this.#end.intend(intention);
    await this.#parts.process.kill();
  }

  /** A process that ends closes its connection first: it is given the time to say by its exit why. */
  async #closed(error: Error | undefined): Promise<void> {
    const { process } = this.#parts;
    this.#end.noticed();
    if (isPluginError(error)) {
      this.#end.intendViolation(error);
      return process.kill();
    }
    if (!(await isInTime(process.exited))) await this.#killBecause({ kind: 'disconnected' });
  }

  async #endedEarly(): Promise<never> {
    const error = await this.ended;
    const { id: pluginId } = this.#launch.descriptor.info;
    if (!error) throw new PluginError('SANDBOX_EXITED', { pluginId, problem: 'it was disposed' });
    if (this.#session || !isPluginError(error, 'SANDBOX_EXITED')) throw error;
    const { problem } = error.details;
    throw new PluginError('SANDBOX_HANDSHAKE_FAILED', { pluginId, problem }, { cause: error });
  }

  /** Waits for the end and tells everyone who waits for an answer why there will be none. */
  async #untilGone(): Promise<PluginError | undefined> {
    const exit = await this.#parts.process.exited;
    this.#end.noticed();
    await Promise.all([this.#output.drain(), isInTime(this.#heardAll)]);
    const { cause, error } = await this.#end.report(exit);
    this.#session?.close(error);
    await this.#parts.listener[Symbol.asyncDispose]();
    return this.#isDisposed || cause === 'stopped' ? undefined : error;
  }
}

/** Whether something is over before so much time has passed. */
async function isInTime(work: Promise<unknown>): Promise<boolean> {
  const grace = Promise.withResolvers<false>();
  const timer = setTimeout(() => grace.resolve(false), exitGraceMs);
  const isOver = await Promise.race([work.then(() => true), grace.promise]);
  clearTimeout(timer);
  return isOver;
}
