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

/** A plugin on the other side of the wire. Deadlines are for its caller to keep. */
export class RemotePlugin implements Plugin {
  readonly info: PluginInfo;
  readonly capabilities: PluginCapabilities;
  readonly #session: RunnerSession;
  readonly #stopTimeoutMs: number;

  constructor({ descriptor, stopTimeoutMs }: SandboxLaunch, session: RunnerSession) {
    this.info = descriptor.info;
    this.capabilities = descriptor.capabilities;
    this.#session = session;
    this.#stopTimeoutMs = stopTimeoutMs;
  }

  initialize({ config }: PluginContext): Promise<void> {
    const configJson = JSON.stringify(config) ?? '';
    return this.#session.step({ $case: 'initialize', value: { configJson } }, 0);
  }

  start(): Promise<void> {
    return this.#session.step({ $case: 'start', value: {} }, 0);
  }

  stop(): Promise<void> {
    return this.#session.step({ $case: 'stop', value: {} }, this.#stopTimeoutMs);
  }

  api<Methods extends MethodContracts>(capability: Capability<Methods>): CapabilityApi<Methods> {
    return this.#session.api(capability);
  }
}
