import type {
  Plugin,
  PluginDefinition,
  PluginDescriptor,
  PluginError,
  PluginTrustLevel,
} from '@stellaops/plugin-abstractions';
import type {
  CrashReport,
  IsolationReport,
  LifecycleState,
  PluginManifest,
  SandboxUsage,
} from '@stellaops/plugin-abstractions/hosting';
import { lowerSettings, type CompleteSettings } from '../plugin-settings.ts';
import type { Enter } from '../dispatch/entered.ts';
import { CallsInFlight } from './calls-in-flight.ts';
import type { Step } from './lifecycle-step.ts';
import { declaredCapabilities } from '../admission/declared-capabilities.ts';

/** A plugin that admission let in, whatever its tier. */
export interface AdmittedPlugin {
  readonly manifest: PluginManifest;
  /** The directory it was found in, or `built-in`. */
  readonly source: string;
  readonly digest: string;
  readonly trustLevel: PluginTrustLevel;
  readonly trustReason: string;
  /** Where its code is: linked in, or in the copy that admission made. */
  readonly code: { readonly definition: PluginDefinition } | { readonly packageDirectory: string };
}

/** Where the copy of its package is; `undefined` for one that is linked in. */
export function packageDirectoryOf({ code }: AdmittedPlugin): string | undefined {
  return 'packageDirectory' in code ? code.packageDirectory : undefined;
}

/** A running instance, the same for every tier. */
export interface PluginInstance {
  readonly plugin: Plugin;
  readonly processId?: number | undefined;
  /** How many of its sandboxes run; missing for one that is not made of several. */
  readonly running?: number;
  /** How many of those answer calls: not one whose end is known. */
  readonly answering?: number;
  /** The processes of those. */
  readonly processIds?: readonly number[];
  /** What was seen of its isolation; missing in process, where there is none. */
  readonly isolation?: IsolationReport | undefined;
  /** What its sandbox uses; missing in process, and where nothing counts. */
  readonly usage?: (() => Promise<SandboxUsage>) | undefined;
  /** Whether its end is known, which may be before it has ended. Missing where nobody knows before. */
  readonly isEnding?: (() => boolean) | undefined;
  /** Resolves when the instance has ended by itself. Missing where it cannot: in process. */
  readonly ended?: Promise<PluginError | undefined>;
  /** Starts as many sandboxes as are gone; missing where there are not several. Rejects when one does not come up. */
  replaceLost?(step: Step): Promise<void>;
  dispose(): Promise<void>;
}

/** What the host knows of one plugin, from discovery to its end. Only the lifecycle changes it. */
export class HostedPlugin {
  readonly admitted: AdmittedPlugin;
  readonly descriptor: PluginDescriptor;
  /** What the operator grants, or less where the manifest asks for less. */
  readonly settings: CompleteSettings;
  state: LifecycleState = 'discovery';
  since = new Date();
  error: PluginError | undefined;
  instance: PluginInstance | undefined;
  loadDurationMs: number | undefined;
  /** How the last sandbox of this plugin ended. */
  crash: CrashReport | undefined;
  /** Whether that is the sandbox of the present start, and not of one before. */
  hasCrashed = false;
  /** What it was given to do and has not answered. A built-in plugin is called directly, so nothing is known of its calls. */
  readonly calls: CallsInFlight;
  /** Whether it is not loaded, or not yet active, and a call to it starts it. */
  isWaiting = false;
  /** Whether another version answers for the id: the catalogue keeps the status of that one, and of this one only what happened. */
  isBeside = false;
  /** Why it was stopped the last time, for people. */
  stopReason: string | undefined;
  /** How often it was started again after its sandbox had ended. */
  restarts = 0;
  /** When, in milliseconds since the epoch, as far as its restart policy still counts it. */
  restartedAt: readonly number[] = [];
  /** When it will be started again. */
  restartAt: Date | undefined;
  /** What the registry has for it. */
  registeredConfig: unknown;
  /** Runs its code so that what fails of it later is known as its own; missing where nobody asks for that. */
  enter: Enter | undefined;
  /** Aborted when the instance is shut down or has failed. */
  ending = new AbortController();

  /** `granted` is what the operator grants to this plugin. */
  constructor(admitted: AdmittedPlugin, granted: CompleteSettings) {
    this.admitted = admitted;
    this.settings = lowerSettings(granted, admitted.manifest.limits);
    this.calls = new CallsInFlight(this.settings.idleStopMs !== false);
    this.descriptor = describe(admitted);
  }

  get id(): string {
    return this.admitted.manifest.id;
  }
}

/** Whether an active plugin has fewer sandboxes than it shall have. */
export function isShort({ state, instance, settings }: HostedPlugin): boolean {
  return state === 'active' && instance?.running !== undefined && instance.running < settings.instances;
}

function describe({ manifest, trustLevel }: AdmittedPlugin): PluginDescriptor {
  const { id, name, version, description, author } = manifest;
  return {
    info: {
      id,
      name,
      version,
      trustLevel,
      ...(description !== undefined && { description }),
      ...(author !== undefined && { author }),
    },
    capabilities: declaredCapabilities(manifest),
  };
}
