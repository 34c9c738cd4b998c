import { timingSafeEqual } from 'node:crypto';
import {
  PluginError,
  type Capability,
  type CapabilityApi,
  type MethodContracts,
} from '@stellaops/plugin-abstractions';
import { schemaCheck, type SandboxLaunch } from '@stellaops/plugin-abstractions/hosting';
import type { CallInFlight } from '../wire/call-in-flight.ts';
import { CallClient } from '../wire/call-client.ts';
import type { CallPort } from '../wire/call-port.ts';
import { CallServer } from '../wire/call-server.ts';
import type { Connection, HostFrame, RunnerFrame } from '../wire/connection.ts';
import type { CompiledFile, Pong, RunnerHello } from '../wire/messages.ts';
import {
  knowsCompiledCode,
  knowsOrderedSteps,
  knowsTransfers,
  negotiateProtocol,
  protocolFeatures,
} from '../wire/protocol.ts';
import { Heartbeat } from './heartbeat.ts';
import { LifecycleSteps } from './lifecycle-steps.ts';
import type { PluginLog } from './plugin-log.ts';
import { readObservations, type ReadObservation } from './read-observations.ts';
import { serviceFailure } from './service-failure.ts';

/** What one conversation is about, and who hears of it. */
export interface RunnerSessionParts {
  readonly connection: Connection<HostFrame, RunnerFrame>;
  readonly launch: SandboxLaunch;
  readonly token: string;
  readonly log: PluginLog;
  /** Called when the runner is asked for a sign of life. */
  readonly onAsked?: () => void;
  /** Called once, when it gave none for as long as it may. */
  readonly onSilent: () => void;
}

/** The host's end of the conversation with one runner: hello, steps of the lifecycle, calls both ways, log, signs of life. */
export class RunnerSession {
  readonly steps: LifecycleSteps;
  readonly #parts: RunnerSessionParts;
  readonly #port: CallPort & { transfersPayloads: boolean };
  readonly #client: CallClient;
  readonly #server: CallServer;
  readonly #heartbeat: Heartbeat;
  readonly #hello = Promise.withResolvers<readonly ReadObservation[]>();
  readonly #heardAll = (): void => {
    this.#isHearing = false;
  };
  #canCompile = false;
  #takesStepsInOrder = false;
  #compiled: PromiseWithResolvers<readonly CompiledFile[]> | undefined;
  #isGreeted = false;
  #isHearing = false;
  #isClosed = false;

  constructor(parts: RunnerSessionParts) {
    const { connection, launch } = (this.#parts = parts);
    this.steps = new LifecycleSteps(this.#pluginId, (value) => connection.send({ $case: 'control', value }));
    const port = (this.#port = {
      pluginId: this.#pluginId,
      limits: launch.messageLimits,
      transfersPayloads: false,
      send: connection.send.bind(connection),
      channel: connection.channel.bind(connection),
    });
    this.#client = new CallClient(port, 'host');
    this.#server = new CallServer(port, 'host', {
      directory: launch.services,
      schemaCheck,
      failureOf: serviceFailure(launch.logger),
    });
    this.#heartbeat = new Heartbeat({
      timeoutMs: launch.heartbeatTimeoutMs,
      ask: (id) => {
        connection.send({ $case: 'ping', value: { id } });
        parts.onAsked?.();
      },
      silent: parts.onSilent,
    });
    this.#hello.promise.catch(() => undefined); // whoever waits for it hears of it
    connection.receive((frame) => this.#receive(frame));
    void connection.closed.then(() => this.#heartbeat.stop()); // its end says more than the silence after it
  }

  /** Resolves when the runner has said hello and was answered, with what it saw of its isolation. Rejects with `SANDBOX_HANDSHAKE_FAILED`. */
  get greeted(): Promise<readonly ReadObservation[]> {
    return this.#hello.promise;
  }

  /** The calls that have not ended: those of the host, and those of the plugin. */
  get callsInFlight(): {
    readonly toPlugin: readonly CallInFlight[];
    readonly toHost: readonly CallInFlight[];
  } {
    return { toPlugin: this.#client.callsInFlight, toHost: this.#server.callsInFlight };
  }

  /** Whether a step may be asked for while another one is under way. */
  get takesStepsInOrder(): boolean {
    return this.#takesStepsInOrder;
  }

  api<Methods extends MethodContracts>(capability: Capability<Methods>): CapabilityApi<Methods> {
    return this.#client.api(capability);
  }

  /**
   * What the runner compiles of the entry, without running any of it; nothing where it cannot. Asked before `load`: what is said after
   * that may be the plugin's own word. Rejects when the connection ends.
   */
  async compile(): Promise<readonly CompiledFile[]> {
    if (!this.#canCompile) return [];
    this.#compiled = Promise.withResolvers();
    this.#parts.connection.send({ $case: 'compile', value: {} });
    return this.#compiled.promise;
  }

  /** Ends everything that waits, with the error that tells why the sandbox is gone. What arrives after it is not read. */
  close(error: PluginError): void {
    this.#isClosed = true;
    this.#heartbeat.stop();
    this.#hello.reject(error);
    this.#compiled?.reject(error);
    this.steps.close(error);
    this.#client.close(error);
    this.#server.close(error);
    this.#parts.connection.close();
  }

  get #pluginId(): string {
    return this.#parts.launch.descriptor.info.id;
  }

  #receive(frame: RunnerFrame): void {
    if (this.#isClosed) return; // nobody would end a call that begins now
    if (!this.#isGreeted || frame.$case === 'hello') return this.#greet(frame);
    this.#hear();
    switch (frame.$case) {
      case 'controlDone':
        return this.steps.finish(frame.value);
      case 'call':
        return this.#server.receive(frame.value);
      case 'cancel':
        return this.#server.cancel(frame.value);
      case 'answer':
        return this.#client.receive(frame.value);
      case 'log':
        return this.#parts.log.record(frame.value);
      case 'pong':
        return this.#checkPong(frame.value);
      case 'compiled':
        return this.#takeCompiled(frame.value.files);
      default:
        frame satisfies never;
    }
  }

  /** What arrives together is one sign of life: the clock is not read for each. */
  #hear(): void {
    if (this.#isHearing) return;
    this.#isHearing = true;
    this.#heartbeat.heard();
    void Promise.resolve().then(this.#heardAll);
  }

  #greet(frame: RunnerFrame): void {
    if (frame.$case !== 'hello') throw this.#violation('it spoke before it said hello');
    if (this.#isGreeted) throw this.#violation('it said hello twice');
    const protocol = this.#checkHello(frame.value);
    const observations = readObservations(frame.value.observations);
    if (typeof observations === 'string') throw this.#handshakeFailed(observations);
    this.#isGreeted = true;
    const { connection, launch } = this.#parts;
    const { descriptor, entry, messageLimits: limits } = launch;
    const features = frame.value.features.filter((feature) => protocolFeatures.includes(feature));
    this.#canCompile = knowsCompiledCode(features);
    this.#takesStepsInOrder = knowsOrderedSteps(features);
    this.#port.transfersPayloads = knowsTransfers(features);
    if (this.#port.transfersPayloads) connection.admitChannels((id) => this.#client.isPending(id));
    connection.send({
      $case: 'hello',
      value: { protocol, features, descriptorJson: JSON.stringify(descriptor), entry, limits },
    });
    this.#heartbeat.start();
    this.#hello.resolve(observations);
  }

  #checkHello({ token, oldestProtocol: oldest, newestProtocol: newest }: RunnerHello): number {
    const [given, expected] = [Buffer.from(token), Buffer.from(this.#parts.token)];
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw this.#handshakeFailed('it has the wrong token');
    const protocol = negotiateProtocol({ oldest, newest });
    if (typeof protocol === 'string') throw this.#handshakeFailed(protocol);
    return protocol;
  }

  #checkPong({ id }: Pong): void {
    if (!this.#heartbeat.isAnswer(id)) throw this.#violation('it answered a ping that nobody sent');
  }

  #takeCompiled(files: readonly CompiledFile[]): void {
    if (!this.#compiled) throw this.#violation('it sent compiled code that nobody asked for');
    this.#compiled.resolve(files);
    this.#compiled = undefined;
  }

  #violation(problem: string): PluginError {
    return new PluginError('SANDBOX_PROTOCOL_VIOLATION', { pluginId: this.#pluginId, problem });
  }

  #handshakeFailed(problem: string): PluginError {
    return new PluginError('SANDBOX_HANDSHAKE_FAILED', { pluginId: this.#pluginId, problem });
  }
}
