import { hostname } from 'node:os';
import type { Implementation, Logger, PluginDefinition } from '@stellaops/plugin-abstractions';
import {
  defaultMessageLimits,
  defaultSandboxLimits,
  type MessageLimits,
  type PluginRegistry,
  type PluginSandbox,
  type SandboxLimits,
} from '@stellaops/plugin-abstractions/hosting';
import { pino } from 'pino';
import { trustNobody, type TrustPolicy } from './admission/trust-policy.ts';

/** A plugin that the code of the host links in. */
export interface BuiltInPlugin {
  /** As a `plugin.json` has it; it is checked like one. */
  readonly manifest: object;
  readonly plugin: PluginDefinition;
}

/** How long the host waits for what. All in milliseconds. */
export interface HostTimeouts {
  /** Copying, hashing and checking one package. Default 60 s. */
  readonly admitTimeoutMs: number;
  /** Importing the entry, or starting the sandbox and loading the plugin in it. Default 10 s. */
  readonly loadTimeoutMs: number;
  /** Default 10 s. */
  readonly initializeTimeoutMs: number;
  /** Default 10 s. */
  readonly startTimeoutMs: number;
  /** The answer to a call, or the next item of a stream. Default 30 s. */
  readonly callTimeoutMs: number;
  /** Default 5 s; then the plugin is given up, and a sandbox killed. */
  readonly stopTimeoutMs: number;
}

/** What a host is made of. Everything has a default but what only the operator can know. */
export interface PluginHostOptions {
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
  readonly timeouts?: Partial<HostTimeouts>;
  /** What a sandbox may use at most; a manifest may ask for less. */
  readonly limits?: Partial<SandboxLimits>;
  readonly messages?: Partial<MessageLimits>;
}

/** Options with every default filled in, once, at the edge. */
export type CompleteOptions = Required<
  Omit<PluginHostOptions, 'registry' | 'sandbox' | 'stateDirectory' | 'timeouts' | 'limits' | 'messages'>
> &
  Pick<PluginHostOptions, 'registry' | 'sandbox' | 'stateDirectory'> & {
    readonly timeouts: HostTimeouts;
    readonly limits: SandboxLimits;
    readonly messages: MessageLimits;
  };

const defaultTimeouts: HostTimeouts = {
  admitTimeoutMs: 60_000,
  loadTimeoutMs: 10_000,
  initializeTimeoutMs: 10_000,
  startTimeoutMs: 10_000,
  callTimeoutMs: 30_000,
  stopTimeoutMs: 5_000,
};

/** Throws a `TypeError` for a timeout or limit that is no positive number, or that no host has. */
export function completeOptions(options: PluginHostOptions): CompleteOptions {
  const hostId = options.hostId ?? `${hostname()}:${process.pid}`;
  return {
    builtIn: [],
    pluginPaths: [],
    trust: trustNobody,
    config: {},
    services: [],
    required: [],
    actor: `host:${hostId}`,
    ...options,
    hostId,
    logger: options.logger ?? pino({ name: 'stella-plugin-host', level: 'warn' }, pino.destination(2)),
    timeouts: positive('timeouts', defaultTimeouts, options.timeouts),
    limits: positive('limits', defaultSandboxLimits, options.limits),
    messages: positive('messages', defaultMessageLimits, options.messages),
  };
}

function positive<Numbers extends object>(
  group: string,
  defaults: Numbers,
  given: Partial<Numbers> = {},
): Numbers {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) throw new TypeError(`${group}.${name} is no option of a host`);
    if (typeof value !== 'number' || !(value > 0))
      throw new TypeError(`${group}.${name} must be a positive number, not ${String(value)}`);
  }
  return { ...defaults, ...given };
}
