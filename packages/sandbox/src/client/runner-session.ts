import { timingSafeEqual } from 'node:crypto';
import {
  PluginError,
  type Capability,
  type CapabilityApi,
  type MethodContracts,
} from '@stellaops/plugin-abstractions';
import type { SandboxLaunch } from '@stellaops/plugin-abstractions/hosting';
import { CallClient } from '../wire/call-client.ts';
import { CallServer } from '../wire/call-server.ts';
import type { Connection, HostFrame, RunnerFrame } from '../wire/connection.ts';
import { decodeFailure, lifecycleCodes } from '../wire/failure-codec.ts';
import type { Control, ControlDone, RunnerHello } from '../wire/messages.ts';
import { negotiateProtocol, protocolFeatures } from '../wire/protocol.ts';
import { serviceFailure } from './service-failure.ts';
import type { PluginLog } from './plugin-log.ts';

/** A step of the lifecycle, as the wire names it. */
export type ControlStep = NonNullable<Control['step']>;

/** The host's end of the conversation with one runner: hello, steps of the lifecycle, calls both ways, log. */
export class RunnerSession {
  readonly #connection: Connection<HostFrame, RunnerFrame>;
  readonly #launch: SandboxLaunch;
  readonly #token: string;
  readonly #log: PluginLog;
  readonly #client: CallClient;
  readonly #server: CallServer;
  readonly #hello = Promise.withResolvers<void>();
  readonly #steps = new Map<number, PromiseWithResolvers<void>>();
  #isGreeted = false;
  #lastStep = 0;

  constructor(
    connection: Connection<HostFrame, RunnerFrame>,
    launch: SandboxLaunch,
    token: string,
    log: PluginLog,
  ) {
    this.#connection = connection;
    this.#launch = launch;
    this.#token = token;
    this.#log = log;
    const port = {
      pluginId: this.#pluginId,
      limits: launch.messageLimits,
      send: connection.send.bind(connection),
      channel: connection.channel.bind(connection),
    };
    this.#client = new CallClient(port, 'host');
    this.#server = new CallServer(port, 'host', {
      directory: launch.services,
      failureOf: serviceFailure(launch.logger),
    });
    this.#hello.promise.catch(() => undefined); // whoever waits for it hears of it
    connection.receive((frame) => this.#receive(frame));
  }

  /** Resolves when the runner has said hello and was answered. Rejects with `SANDBOX_HANDSHAKE_FAILED`. */
  get greeted(): Promise<void> {
    return this.#hello.promise;
  }

  /** Asks for a step of the lifecycle. Rejects with what the plugin failed with. */
  async step(step: ControlStep, timeoutMs: number): Promise<void> {
    const id = ++this.#lastStep;
    const done = Promise.withResolvers<void>();
    this.#steps.set(id, done);
    this.#connection.send({ $case: 'control', value: { id, timeoutMs, step } });
    try {
      await done.promise;
    } finally {
      this.#steps.delete(id);
    }
  }

  api<Methods extends MethodContracts>(capability: Capability<Methods>): CapabilityApi<Methods> {
    return this.#client.api(capability);
  }

  /** Ends everything that waits, with the error that tells why the sandbox is gone. */
  close(error: PluginError): void {
    this.#hello.reject(error);
    for (const { reject } of this.#steps.values()) reject(error);
    this.#client.close(error);
    this.#server.close(error);
    this.#connection.close();
  }

  get #pluginId(): string {
    return this.#launch.descriptor.info.id;
  }

  #receive(frame: RunnerFrame): void {
    if (!this.#isGreeted || frame.$case === 'hello') return this.#greet(frame);
    switch (frame.$case) {
      case 'controlDone':
        return this.#finishStep(frame.value);
      case 'call':
        return this.#server.receive(frame.value);
      case 'cancel':
        return this.#server.cancel(frame.value);
      case 'answer':
        return this.#client.receive(frame.value);
      case 'log':
        return this.#log.record(frame.value);
      default:
        frame satisfies never;
    }
  }

  #greet(frame: RunnerFrame): void {
    if (frame.$case !== 'hello') throw this.#violation('it spoke before it said hello');
    if (this.#isGreeted) throw this.#violation('it said hello twice');
    const protocol = this.#checkHello(frame.value);
    this.#isGreeted = true;
    const { descriptor, entry, messageLimits: limits } = this.#launch;
    const features = frame.value.features.filter((feature) => protocolFeatures.includes(feature));
    this.#connection.send({
      $case: 'hello',
      value: { protocol, features, descriptorJson: JSON.stringify(descriptor), entry, limits },
    });
    this.#hello.resolve();
  }

  #checkHello({ token, oldestProtocol: oldest, newestProtocol: newest }: RunnerHello): number {
    const [given, expected] = [Buffer.from(token), Buffer.from(this.#token)];
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw this.#handshakeFailed('it has the wrong token');
    const protocol = negotiateProtocol({ oldest, newest });
    if (typeof protocol === 'string') throw this.#handshakeFailed(protocol);
    return protocol;
  }

  #finishStep({ id, failure }: ControlDone): void {
    const step = this.#steps.get(id);
    if (!failure) return step?.resolve();
    const pluginId = this.#pluginId;
    step?.reject(
      decodeFailure(
        failure,
        lifecycleCodes,
        { pluginId },
        (problem, cause) =>
          new PluginError('LIFECYCLE_FAILED', { pluginId, phase: 'come up', problem }, { cause }),
      ),
    );
  }

  #violation(problem: string): PluginError {
    return new PluginError('SANDBOX_PROTOCOL_VIOLATION', { pluginId: this.#pluginId, problem });
  }

  #handshakeFailed(problem: string): PluginError {
    return new PluginError('SANDBOX_HANDSHAKE_FAILED', { pluginId: this.#pluginId, problem });
  }
}
