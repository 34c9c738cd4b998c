import { constants, hostname } from 'node:os';
import type { Implementation, Logger, PluginDefinition } from '@stellaops/plugin-abstractions';
import type { PluginRegistry, PluginSandbox } from '@stellaops/plugin-abstractions/hosting';
import { pino } from 'pino';
import { completeFleetOptions, type FleetOptions } from './fleet/fleet-options.ts';
import { completeJournalLimits, type JournalLimits } from './journal/waiting-room.ts';
import { trustNobody, type TrustPolicy } from './admission/trust-policy.ts';
import {
  completeSettings,
  defaultSettings,
  requirePositive,
  type CompleteSettings,
  type PluginSettings,
} from './plugin-settings.ts';
import type { ServiceFactory } from './services/service-factory.ts';

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
  /** What plugins may require of the host: one object for all of them, or one for each. */
  readonly services?: readonly (Implementation | ServiceFactory)[];
  /** Ids of plugins without which the host does not start. */
  readonly required?: readonly string[];
  /** Names this host in the audit trail and in its fleet, where it is the only one. Default: the name of the machine and the process id. */
  readonly hostId?: string;
  /** Who answers for what this host does, in the audit trail. Default: `host:` and its id. */
  readonly actor?: string;
  /** Package store, sockets, what is made once, and the journal for a registry that is away. Default: a directory of the user below the temporary directory of the system. */
  readonly stateDirectory?: string;
  /** How much the journal keeps while the registry is away. What does not fit is not done where it must be recorded. */
  readonly journal?: Partial<JournalLimits>;
  /** Default: pino on standard error, from `warn` upwards. */
  readonly logger?: Logger;
  /** How many plugins come up at the same time. Default 8. */
  readonly maxParallelStarts?: number;
  /**
   * Signals of the operating system, such as `SIGTERM` and `SIGINT`, at the first of which the host stops; then the signal is raised
   * again, unless the application listens to it too, so that the process ends as it would have. A second one is raised at once. Default none.
   */
  readonly stopOnSignals?: readonly NodeJS.Signals[];
  /** How it takes part in the fleet of hosts that share its registry. */
  readonly fleet?: Partial<FleetOptions>;
  /**
   * Keeps the process alive when code of a trusted or built-in plugin throws, or lets a promise reject, where nobody catches it: the plugin
   * is then `failed`. It listens to `uncaughtException` of the process, and what is of no plugin ends the process as always. Default `false`.
   */
  readonly containInProcessFailures?: boolean;
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
      | 'registry'
      | 'sandbox'
      | 'stateDirectory'
      | 'journal'
      | 'fleet'
      | 'signal'
      | 'perPlugin'
      | keyof PluginSettings
    >
  > &
  Pick<PluginHostOptions, 'registry' | 'sandbox' | 'stateDirectory' | 'signal'> & {
    /** What the operator grants to one plugin. */
    readonly settingsOf: (pluginId: string) => CompleteSettings;
    readonly journal: JournalLimits;
    readonly fleet: FleetOptions;
  };

/** Throws a `TypeError` for a timeout or limit that is no positive number, or that no host has. */
export function completeOptions(options: PluginHostOptions): CompleteOptions {
  const hostId = options.hostId ?? `${hostname()}:${process.pid}`;
  const { maxParallelStarts = 8 } = options;
  requirePositive('maxParallelStarts', maxParallelStarts);
  for (const signal of options.stopOnSignals ?? [])
    if (!Object.hasOwn(constants.signals, signal) || ['SIGKILL', 'SIGSTOP'].includes(signal))
      throw new TypeError(`stopOnSignals names ${signal}, to which no process can listen`);
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
    stopOnSignals: [],
    containInProcessFailures: false,
    actor: `host:${hostId}`,
    ...options,
    maxParallelStarts,
    journal: completeJournalLimits(options.journal),
    fleet: completeFleetOptions(options.fleet),
    ...settings,
    settingsOf: (pluginId) => perPlugin.get(pluginId) ?? settings,
    hostId,
    logger: options.logger ?? pino({ name: 'stella-plugin-host', level: 'warn' }, pino.destination(2)),
  };
}
