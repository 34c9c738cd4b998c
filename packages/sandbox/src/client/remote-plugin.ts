import type {
  Capability,
  CapabilityApi,
  MethodContracts,
  Plugin,
  PluginCapabilities,
  PluginContext,
  PluginInfo,
} from '@stellaops/plugin-abstractions';
import type { SandboxLaunch } from '@stellaops/plugin-abstractions/hosting';
import type { RunnerSession } from './runner-session.ts';
import type { Secrets } from './secrets.ts';

/** A plugin on the other side of the wire. Deadlines are for its caller to keep. */
export class RemotePlugin implements Plugin {
  readonly info: PluginInfo;
  readonly capabilities: PluginCapabilities;
  readonly #session: RunnerSession;
  readonly #secrets: Secrets;
  readonly #stopTimeoutMs: number;
  #started: Promise<void> | undefined;

  constructor({ descriptor, stopTimeoutMs }: SandboxLaunch, session: RunnerSession, secrets: Secrets) {
    this.info = descriptor.info;
    this.capabilities = descriptor.capabilities;
    this.#session = session;
    this.#secrets = secrets;
    this.#stopTimeoutMs = stopTimeoutMs;
  }

  initialize({ config }: PluginContext): Promise<void> {
    const configJson = JSON.stringify(config) ?? '';
    if (configJson !== '') this.#secrets.learn(configJson);
    const initialized = this.#session.steps.run({ $case: 'initialize', value: { configJson } }, 0);
    // At once, which spares a way there and back: where the one fails the other is not done.
    if (this.#session.takesStepsInOrder) this.#start().catch(() => undefined); // whoever starts it hears of it
    return initialized;
  }

  start(): Promise<void> {
    return this.#started ?? this.#start();
  }

  stop(): Promise<void> {
    return this.#session.steps.run({ $case: 'stop', value: {} }, this.#stopTimeoutMs);
  }

  api<Methods extends MethodContracts>(capability: Capability<Methods>): CapabilityApi<Methods> {
    return this.#session.api(capability);
  }

  #start(): Promise<void> {
    return (this.#started = this.#session.steps.run({ $case: 'start', value: {} }, 0));
  }
}
