import type {
  Plugin,
  PluginDefinition,
  PluginDescriptor,
  PluginError,
  PluginTrustLevel,
} from '@stellaops/plugin-abstractions';
import type { LifecycleState, PluginManifest } from '@stellaops/plugin-abstractions/hosting';
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

/** A running instance, the same for every tier. */
export interface PluginInstance {
  readonly plugin: Plugin;
  readonly processId?: number | undefined;
  /** Resolves when the instance has ended by itself. Missing where it cannot: in process. */
  readonly ended?: Promise<PluginError | undefined>;
  dispose(): Promise<void>;
}

/** What the host knows of one plugin, from discovery to its end. Only the lifecycle changes it. */
export class HostedPlugin {
  readonly admitted: AdmittedPlugin;
  readonly descriptor: PluginDescriptor;
  state: LifecycleState = 'discovery';
  since = new Date();
  error: PluginError | undefined;
  instance: PluginInstance | undefined;
  loadDurationMs: number | undefined;
  /** What the registry has for it. */
  registeredConfig: unknown;
  /** Aborted when the instance is shut down or has failed. */
  ending = new AbortController();

  constructor(admitted: AdmittedPlugin) {
    this.admitted = admitted;
    this.descriptor = describe(admitted);
  }

  get id(): string {
    return this.admitted.manifest.id;
  }
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
