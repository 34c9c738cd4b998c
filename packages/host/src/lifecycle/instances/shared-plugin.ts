import type {
  Capability,
  CapabilityApi,
  MethodContracts,
  Plugin,
  PluginCapabilities,
  PluginContext,
  PluginDescriptor,
  PluginInfo,
} from '@stellaops/plugin-abstractions';
import type { Step } from '../lifecycle-step.ts';
import { allDone } from './all-done.ts';
import type { Members } from './members.ts';
import { sharedApi } from './shared-api.ts';

/** A plugin that runs several times, as one: each step is done by all, each call by one. */
export class SharedPlugin implements Plugin {
  readonly info: PluginInfo;
  readonly capabilities: PluginCapabilities;
  readonly #members: Members;
  #context: PluginContext | undefined;
  #isStarted = false;

  constructor({ info, capabilities }: PluginDescriptor, members: Members) {
    this.info = info;
    this.capabilities = capabilities;
    this.#members = members;
  }

  /** Whether all have started. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  async initialize(context: PluginContext, signal: AbortSignal): Promise<void> {
    this.#context = context;
    await this.#each((plugin) => plugin.initialize(context, signal));
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#each((plugin) => plugin.start(signal));
    this.#isStarted = true;
  }

  async stop(signal: AbortSignal): Promise<void> {
    await this.#each((plugin) => plugin.stop(signal));
  }

  /** Has another one do what the others have done. */
  async catchUp(plugin: Plugin, step: Step): Promise<void> {
    const context = this.#context;
    if (context) await step('initialize', (signal) => plugin.initialize(context, signal));
    await step('start', (signal) => plugin.start(signal));
  }

  api<Methods extends MethodContracts>(capability: Capability<Methods>): CapabilityApi<Methods> | undefined {
    for (const member of this.#members) if (!member.api(capability)) return undefined;
    return sharedApi(capability, this.#members) as CapabilityApi<Methods>; // made for this very contract
  }

  async #each(step: (plugin: Plugin) => Promise<void>): Promise<void> {
    await allDone([...this.#members].map(({ instance }) => step(instance.plugin)));
  }
}
