import { hostname } from 'node:os';
import type { Implementation, Logger, PluginDefinition } from '@stellaops/plugin-abstractions';
import type { PluginRegistry, PluginSandbox } from '@stellaops/plugin-abstractions/hosting';
import { pino } from 'pino';
import { trustNobody, type TrustPolicy } from './admission/trust-policy.ts';
import {
  completeSettings,
  defaultSettings,
  requirePositive,
  type CompleteSettings,
  type PluginSettings,
} from './plugin-settings.ts';

/** A plugin that the code of the host links in. */
export interface BuiltInPlugin {
  /** As a `plugin.json` has it; it is checked like one. */
  readonly manifest: object;
  readonly plugin: PluginDefinition;
}

/** What a host is made of. Everything has a default but what only the operator can know. */
export interface PluginHostOptions extends PluginSettings {
  /** The catalogue. Without one nothing outlives the process. */
  readonly registry?: PluginRegistry;
  /** Where untrusted plugins run. Without one they are refused. */
  readonly sandbox?: PluginSandbox;
  readonly builtIn?: readonly BuiltInPlugin[];
  /** Directories that are packages or hold them, in the order in which ids are given out. */
  readonly pluginPaths?: readonly string[];
  /** Decides what is trusted. Default: nothing on disk. */
  readonly trust?: TrustPolicy;
  /** Configuration by plugin id; else the registry's. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What plugins may require of the host. */
  readonly services?: readonly Implementation[];
  /** Ids of plugins without which the host does not start. */
  readonly required?: readonly string[];
  /** Names this host in the audit trail. Default: the name of the machine and the process id. */
  readonly hostId?: string;
  /** Who answers for what this host does, in the audit trail. Default: `host:` and its id. */
  readonly actor?: string;
  /** Package store, sockets and what is made once. Default: a directory of the user below the temporary directory of the system. */
  readonly stateDirectory?: string;
  /** Default: pino on standard error, from `warn` upwards. */
  readonly logger?: Logger;
  /** How many plugins come up at the same time. Default 8. */
  readonly maxParallelStarts?: number;
  /** Gives up the start: what is up already is stopped, and `startPluginHost()` rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Settings of single plugins, by id, instead of those of the host. */
  readonly perPlugin?: Readonly<Record<string, PluginSettings>>;
}

/** Options with every default filled in, once, at the edge. */
export type CompleteOptions = CompleteSettings &
  Required<
    Omit<
      PluginHostOptions,
      'registry' | 'sandbox' | 'stateDirectory' | 'signal' | 'perPlugin' | keyof PluginSettings
    >
  > &
  Pick<PluginHostOptions, 'registry' | 'sandbox' | 'stateDirectory' | 'signal'> & {
    /** What the operator grants to one plugin. */
    readonly settingsOf: (pluginId: string) => CompleteSettings;
  };

/** Throws a `TypeError` for a timeout or limit that is no positive number, or that no host has. */
export function completeOptions(options: PluginHostOptions): CompleteOptions {
  const hostId = options.hostId ?? `${hostname()}:${process.pid}`;
  const { maxParallelStarts = 8 } = options;
  requirePositive('maxParallelStarts', maxParallelStarts);
  const settings = completeSettings(options, defaultSettings);
  const perPlugin = new Map(
    Object.entries(options.perPlugin ?? {}).map(([id, own]) => [
      id,
      completeSettings(own, settings, `perPlugin['${id}'].`),
    ]),
  );
  return {
    builtIn: [],
    pluginPaths: [],
    trust: trustNobody,
    config: {},
    services: [],
    required: [],
    actor: `host:${hostId}`,
    ...options,
    maxParallelStarts,
    ...settings,
    settingsOf: (pluginId) => perPlugin.get(pluginId) ?? settings,
    hostId,
    logger: options.logger ?? pino({ name: 'stella-plugin-host', level: 'warn' }, pino.destination(2)),
  };
}
