import { join } from 'node:path';
import {
  defaultMessageLimits,
  defaultSandboxLimits,
  isolationAspects,
  type IsolationAspect,
  type MessageLimits,
  type PluginSandbox,
  type SandboxedPlugin,
  type SandboxLaunch,
  type SandboxLimits,
} from '@stellaops/plugin-abstractions/hosting';
import { SandboxedProcess, type SandboxParts } from './client/sandboxed-process.ts';
import { BubblewrapIsolation } from './isolation/bubblewrap-isolation.ts';
import type { Isolation } from './isolation/isolation.ts';
import { fillDirectory } from './isolation/files/readable-files.ts';
import { CompiledCode } from './launch/compiled-code.ts';
import { KnownFolders } from './launch/known-folders.ts';
import { startSandbox, type SandboxStart } from './launch/start-sandbox.ts';
import { WarmPool } from './launch/warm-pool.ts';
import type { SlotFolders } from './launch/warm-slot.ts';

/** Sandboxes that are started ahead, for plugins that are started with just these settings. */
export interface WarmSlots {
  /** How many wait. Each is a process of about 35 MiB of its own. */
  readonly count: number;
  /** Default: those of a host that says nothing. */
  readonly limits?: Partial<SandboxLimits>;
  readonly messages?: Partial<MessageLimits>;
  readonly waivedIsolation?: readonly IsolationAspect[];
}

/** How long a plugin that took a slot has the processor, to be initialized and started, before the next slot comes up. */
const refillDelayMs = 100;

/** What a sandbox may be told. */
export interface ProcessSandboxOptions {
  /** Default none. */
  readonly warmSlots?: WarmSlots;
}

/**
 * Runs each untrusted plugin in a process of its own, isolated by the operating system; where it cannot, it runs none. One that has
 * warm slots is disposed when no host uses it any more.
 */
export class ProcessSandbox implements PluginSandbox, AsyncDisposable {
  readonly #isolation: Isolation = new BubblewrapIsolation();
  readonly #pool: WarmPool | undefined;
  readonly #known = new KnownFolders();

  constructor({ warmSlots }: ProcessSandboxOptions = {}) {
    if (warmSlots)
      this.#pool = new WarmPool({
        isolation: this.#isolation,
        size: warmSlots.count,
        start: startOfSlots(warmSlots),
      });
  }

  async launch(launch: SandboxLaunch, signal: AbortSignal): Promise<SandboxedPlugin> {
    const compiled = CompiledCode.of(launch);
    const parts = this.#takeSlot(launch, compiled) ?? (await this.#startCold(launch, compiled));
    const sandboxed = new SandboxedProcess(launch, parts);
    await sandboxed.load(signal);
    // Later, so that nobody waits for it, this plugin least of all. What keeps a slot from coming up is told by the next launch.
    setTimeout(() => void this.warmUp().catch(() => undefined), refillDelayMs).unref();
    return sandboxed;
  }

  /** Starts the warm slots that are missing. Resolves when all of them wait; rejects with `SANDBOX_UNSUPPORTED` and what else kept one from it. */
  async warmUp(): Promise<void> {
    await this.#pool?.fill();
  }

  /** Ends the warm slots. Plugins that run are their host's to stop. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.[Symbol.asyncDispose]();
  }

  #takeSlot(launch: SandboxLaunch, compiled: CompiledCode | undefined): SandboxParts | undefined {
    const { limits, messageLimits, requiredIsolation } = launch;
    const slot = this.#pool?.take({ limits, messageLimits, requiredIsolation });
    if (!slot) return undefined;
    const filled = slot.fill((folders) => this.#fill(folders, launch, compiled));
    filled.catch(() => undefined); // whoever loads the plugin hears of it
    return { ...slot.sandbox, filled, keepCompiled: compiled?.keep.bind(compiled) };
  }

  async #fill(
    folders: SlotFolders,
    { packageDirectory, packageDigest }: SandboxLaunch,
    compiled: CompiledCode | undefined,
  ): Promise<boolean> {
    const isCompiled = compiled?.fill(folders.compiledDirectory, this.#known) ?? Promise.resolve(false);
    try {
      // The copies of one digest are the same; of what nobody verified nothing is known.
      if (packageDigest === undefined) await fillDirectory(packageDirectory, folders.packageDirectory);
      else await this.#known.fill(packageDigest, packageDirectory, folders.packageDirectory);
    } finally {
      await isCompiled; // nothing is put there any more when this is over
    }
    return isCompiled;
  }

  async #startCold(launch: SandboxLaunch, compiled: CompiledCode | undefined): Promise<SandboxParts> {
    const folder = join(launch.scratchDirectory, 'c');
    const isCompiled = (await compiled?.show(folder)) ?? false;
    const place = {
      ...launch,
      name: launch.descriptor.info.id,
      compiledDirectory: isCompiled ? folder : undefined,
    };
    const sandbox = await startSandbox(this.#isolation, launch, place);
    return { ...sandbox, keepCompiled: isCompiled ? undefined : compiled?.keep.bind(compiled) };
  }
}

function startOfSlots({ limits, messages, waivedIsolation = [] }: WarmSlots): SandboxStart {
  return {
    limits: { ...defaultSandboxLimits, ...limits },
    messageLimits: { ...defaultMessageLimits, ...messages },
    requiredIsolation: isolationAspects.filter((aspect) => !waivedIsolation.includes(aspect)),
  };
}
