import { AsyncLocalStorage } from 'node:async_hooks';
import {
  isPluginError,
  PluginError,
  readPluginDefinition,
  type ImplementationDirectory,
  type Plugin,
  type PluginDefinition,
  type PluginDescriptor,
} from '@stellaops/plugin-abstractions';
import { defaultMessageLimits } from '@stellaops/plugin-abstractions/hosting';
import { CallClient } from '../wire/call-client.ts';
import { CallServer } from '../wire/call-server.ts';
import type { Connection, HostFrame, RunnerFrame } from '../wire/connection.ts';
import { encodeFailure, problemOf } from '../wire/failure-codec.ts';
import type { CompiledFile, Control, HostHello } from '../wire/messages.ts';
import { knowsTransfers } from '../wire/protocol.ts';
import { PluginChecks, type FrameOfCall } from './plugin-checks.ts';
import { remoteContext } from './remote-context.ts';

type Step = NonNullable<Control['step']>;

/** How long the host has the processor, to take the answer to the start, before the checks are loaded for calls that come later. */
const checksDelayMs = 20;

/** Imports the entry module of the package. */
export type ImportEntry = (entry: string) => Promise<unknown>;

/** Compiles the entry module of the package, and runs none of it. Nothing, where that does not work; never rejects. */
export type CompileEntry = (entry: string) => Promise<readonly CompiledFile[]>;

/** What one plugin is run with. */
export interface RunningPluginParts {
  readonly connection: Connection<RunnerFrame, HostFrame>;
  readonly hello: HostHello;
  readonly importEntry: ImportEntry;
  readonly compileEntry: CompileEntry;
  readonly stopping: AbortController;
}

/** The one plugin that a runner runs: takes the steps of its lifecycle, and calls both ways. */
export class RunningPlugin {
  readonly #connection: Connection<RunnerFrame, HostFrame>;
  readonly #entry: string;
  readonly #descriptor: PluginDescriptor;
  readonly #importEntry: ImportEntry;
  readonly #compileEntry: CompileEntry;
  readonly #bytesLimit: number;
  readonly #stopping: AbortController;
  readonly #client: CallClient;
  readonly #server: CallServer;
  readonly #checks: PluginChecks;
  #definition: PluginDefinition | undefined;
  #steps = Promise.resolve();
  #isInitialized = false;
  #plugin: (Plugin & ImplementationDirectory) | undefined;

  constructor({ connection, hello, importEntry, compileEntry, stopping }: RunningPluginParts) {
    this.#connection = connection;
    this.#entry = hello.entry;
    this.#descriptor = JSON.parse(hello.descriptorJson) as PluginDescriptor; // the host is trusted here
    this.#importEntry = importEntry;
    this.#compileEntry = compileEntry;
    this.#stopping = stopping;
    const served = new AsyncLocalStorage<string>(); // the trace of the call that is being served
    const pluginId = this.#descriptor.info.id;
    const limits = hello.limits ?? defaultMessageLimits;
    this.#bytesLimit = limits.bytesLimitBytes;
    const port = {
      pluginId,
      limits,
      countsParts: false,
      send: connection.send.bind(connection),
      channel: connection.channel.bind(connection),
      transfersPayloads: knowsTransfers(hello.features),
    };
    this.#checks = new PluginChecks(
      (frame) => this.#serve(frame),
      () => connection.close(),
    );
    this.#client = new CallClient(port, 'runner', () => served.getStore());
    this.#server = new CallServer(port, 'runner', {
      directory: { find: (capability) => this.#instance.find(capability) },
      schemaCheck: (schema) => (this.#checks.schemaCheck ?? this.#notYet())(schema),
      failureOf: (thrown, target) =>
        new PluginError('CALL_FAILED', { ...target, problem: problemOf(thrown) }, { cause: thrown }),
      within: (traceparent, work) => served.run(traceparent, work),
    });
  }

  receive(frame: HostFrame): void {
    if (frame.$case === 'control') this.#inOrder(frame.value);
    else if (frame.$case === 'compile') void this.#compile();
    else if (frame.$case === 'answer') this.#client.receive(frame.value);
    else if (frame.$case === 'call' || frame.$case === 'cancel')
      // Before it is loaded every call fails.
      if (this.#checks.schemaCheck || !this.#definition) this.#serve(frame);
      else this.#checks.whenLoaded(this.#definition, frame);
  }

  #serve(frame: FrameOfCall): void {
    if (frame.$case === 'call') this.#server.receive(frame.value);
    else this.#server.cancel(frame.value);
  }

  async #compile(): Promise<void> {
    const files = await this.#compileEntry(this.#entry);
    const bytes = files.reduce((sum, { content }) => sum + content.byteLength, 0);
    this.#connection.send({ $case: 'compiled', value: { files: bytes > this.#bytesLimit ? [] : files } });
  }

  /** Each step waits for the one before, but for the last: to stop is what ends a step that takes too long. */
  #inOrder(control: Control): void {
    if (control.step?.$case === 'stop') void this.#control(control);
    else this.#steps = this.#steps.then(() => this.#control(control));
  }

  async #control({ id, step }: Control): Promise<void> {
    if (!step) return;
    let failure;
    try {
      await this.#do(step);
    } catch (error) {
      const pluginId = this.#descriptor.info.id;
      const details = { pluginId, phase: step.$case, problem: problemOf(error) };
      failure = encodeFailure(
        isPluginError(error) ? error : new PluginError('LIFECYCLE_FAILED', details, { cause: error }),
        'with stack',
      );
    }
    this.#connection.send({ $case: 'controlDone', value: { id, failure } });
    if (step.$case === 'stop') this.#connection.close();
    if (step.$case === 'start' && !failure) this.#loadChecksLater();
  }

  #loadChecksLater(): void {
    const timer = setTimeout(() => this.#checks.load(this.#loaded), checksDelayMs);
    this.#stopping.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  async #do(step: Step): Promise<void> {
    const { signal } = this.#stopping;
    switch (step.$case) {
      case 'load':
        this.#definition = await this.#load();
        return;
      case 'initialize': {
        this.#plugin = this.#loaded.create(this.#descriptor);
        const context = remoteContext(
          this.#connection,
          this.#client,
          this.#descriptor,
          step.value.configJson,
          signal,
        );
        await this.#instance.initialize(context, signal);
        this.#isInitialized = true;
        return;
      }
      case 'start':
        if (!this.#isInitialized || signal.aborted) this.#notYet();
        return this.#instance.start(signal);
      case 'stop':
        this.#stopping.abort(new Error('the plugin is shut down'));
        return this.#instance.stop(AbortSignal.any([]));
      default:
        step satisfies never;
    }
  }

  async #load(): Promise<PluginDefinition> {
    const invalid = (problem: string, cause?: unknown): PluginError =>
      new PluginError(
        'ENTRY_INVALID',
        { pluginId: this.#descriptor.info.id, entry: this.#entry, problem },
        { cause },
      );
    let module: unknown;
    try {
      module = await this.#importEntry(this.#entry);
    } catch (error) {
      throw invalid(`importing it failed: ${problemOf(error)}`, error);
    }
    const definition = readPluginDefinition(module);
    if (typeof definition === 'string') throw invalid(definition);
    return definition;
  }

  get #loaded(): PluginDefinition {
    return this.#definition ?? this.#notYet();
  }

  get #instance(): Plugin & ImplementationDirectory {
    return this.#plugin ?? this.#notYet();
  }

  #notYet(): never {
    throw new PluginError('PLUGIN_NOT_ACTIVE', { pluginId: this.#descriptor.info.id, state: 'loading' });
  }
}
