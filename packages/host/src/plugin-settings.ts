import {
  defaultMessageLimits,
  defaultSandboxLimits,
  isolationAspects,
  type IsolationAspect,
  type MessageLimits,
  type PluginManifest,
  type SandboxLimits,
} from '@stellaops/plugin-abstractions/hosting';
import type { CapabilityGrant } from './dispatch/capability-grant.ts';
import { defaultCallBounds, type CallBounds } from './dispatch/call-bounds.ts';
import { defaultRestartPolicy, type RestartPolicy } from './lifecycle/restart-policy.ts';

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
  /** How long a sandbox may give no sign of life; then it is killed. Default 5 s. */
  readonly heartbeatTimeoutMs: number;
  /** How long calls in flight may take to end when their plugin is stopped or replaced. Default 5 s; then they are given up. */
  readonly drainTimeoutMs: number;
  /** Ending a sandbox, and removing what the host keeps of it. Default 15 s; then the host goes on without waiting. */
  readonly disposeTimeoutMs: number;
  /** An answer of the registry. Default 10 s; then it counts as away, and what happens is kept in the journal. */
  readonly registryTimeoutMs: number;
  /** Keeping something in the journal, on the disk. Default 10 s; then it counts as lost. */
  readonly journalTimeoutMs: number;
}

/** When a plugin starts: with its host, or at the first call to it. */
type PluginActivation = 'eager' | 'onFirstCall';

/** What the operator grants to all plugins, or to one. What is not said keeps its default. */
export interface PluginSettings {
  readonly timeouts?: Partial<HostTimeouts>;
  /** What a sandbox may use at most; a manifest may ask for less. */
  readonly limits?: Partial<SandboxLimits>;
  readonly messages?: Partial<MessageLimits>;
  /** How many calls a plugin that is not built in works at, and how many more wait for it. */
  readonly calls?: Partial<CallBounds>;
  /** What untrusted plugins may run without, where this machine cannot enforce it. Default nothing. It stands in the audit trail. */
  readonly waivedIsolation?: readonly IsolationAspect[];
  /** Whether a sandbox that ended by itself is started again: `{}` with the defaults of the policy, `false` not. Default `false`. */
  readonly restart?: Partial<RestartPolicy> | false;
  /** When plugins start. Default `eager`. Built-in plugins always start with their host: nothing stands before them that could wait. */
  readonly activation?: PluginActivation;
  /**
   * Stops a plugin that was not called for so long, in milliseconds, until it is called again. Default `false`: never. Built-in plugins
   * are never stopped so.
   */
  readonly idleStopMs?: number | false;
  /**
   * How many sandboxes of each untrusted plugin run side by side, so that it can use as many cores. Default 1. A call goes to the least
   * busy one; each has the limits for itself, and shares no state with the others. Other plugins run in this process, once.
   */
  readonly instances?: number;
  /** What plugins may call of each other, where their manifests require it. Default nothing. */
  readonly grants?: readonly CapabilityGrant[];
}

/** Settings with every default filled in. */
export interface CompleteSettings {
  readonly timeouts: HostTimeouts;
  readonly limits: SandboxLimits;
  readonly messages: MessageLimits;
  readonly calls: CallBounds;
  readonly waivedIsolation: readonly IsolationAspect[];
  readonly restart: RestartPolicy | false;
  readonly activation: PluginActivation;
  readonly idleStopMs: number | false;
  readonly instances: number;
  readonly grants: readonly CapabilityGrant[];
}

/** What holds when nobody says otherwise. */
export const defaultSettings: CompleteSettings = {
  timeouts: {
    admitTimeoutMs: 60_000,
    loadTimeoutMs: 10_000,
    initializeTimeoutMs: 10_000,
    startTimeoutMs: 10_000,
    callTimeoutMs: 30_000,
    stopTimeoutMs: 5_000,
    heartbeatTimeoutMs: 5_000,
    drainTimeoutMs: 5_000,
    disposeTimeoutMs: 15_000,
    registryTimeoutMs: 10_000,
    journalTimeoutMs: 10_000,
  },
  limits: defaultSandboxLimits,
  messages: defaultMessageLimits,
  calls: defaultCallBounds,
  waivedIsolation: [],
  restart: false,
  activation: 'eager',
  idleStopMs: false,
  instances: 1,
  grants: [],
};

/**
 * Settings over others. Throws a `TypeError` that begins with `where` for a timeout or limit that is no positive number, or
 * that there is not.
 */
export function completeSettings(
  {
    timeouts,
    limits,
    messages,
    calls,
    waivedIsolation,
    restart,
    activation,
    idleStopMs,
    instances,
    grants,
  }: PluginSettings,
  defaults: CompleteSettings,
  where = '',
): CompleteSettings {
  const unknown = waivedIsolation?.find((aspect) => !isolationAspects.includes(aspect));
  if (unknown !== undefined)
    throw new TypeError(
      `${where}waivedIsolation names ${unknown}, and there are ${isolationAspects.join(', ')}`,
    );
  if (activation !== undefined && activation !== 'eager' && activation !== 'onFirstCall')
    throw new TypeError(`${where}activation is eager or onFirstCall, not ${String(activation)}`);
  if (idleStopMs !== undefined && idleStopMs !== false) requirePositive(`${where}idleStopMs`, idleStopMs);
  if (instances !== undefined && !(Number.isSafeInteger(instances) && instances > 0))
    throw new TypeError(`${where}instances is a whole number from 1, not ${String(instances)}`);
  if (grants?.some((grant) => typeof Object(grant.capability).methods !== 'object'))
    throw new TypeError(`${where}grants holds a grant that names no contract: { capability: CanScan }`);
  return {
    timeouts: positive(`${where}timeouts`, defaults.timeouts, timeouts),
    limits: positive(`${where}limits`, defaults.limits, limits),
    messages: positive(`${where}messages`, defaults.messages, messages),
    calls: positive(`${where}calls`, defaults.calls, calls, ['maxQueued']),
    waivedIsolation: waivedIsolation ?? defaults.waivedIsolation,
    restart: restart
      ? positive(`${where}restart`, defaults.restart || defaultRestartPolicy, restart)
      : (restart ?? defaults.restart),
    activation: activation ?? defaults.activation,
    idleStopMs: idleStopMs ?? defaults.idleStopMs,
    instances: instances ?? defaults.instances,
    grants: grants ?? defaults.grants,
  };
}

/** The operator's settings, or less where the manifest asks for less. */
export function lowerSettings(settings: CompleteSettings, asked: PluginManifest['limits']): CompleteSettings {
  return {
    ...settings,
    timeouts: lower(settings.timeouts, asked),
    limits: lower(settings.limits, asked),
    messages: lower(settings.messages, asked),
  };
}

function lower<Numbers extends object>(granted: Numbers, asked: object = {}): Numbers {
  const entries = Object.entries(granted).map(([name, most]: [string, number]) => {
    const wanted: unknown = (asked as Readonly<Record<string, unknown>>)[name]; // an object of JSON
    return [name, typeof wanted === 'number' ? Math.min(most, wanted) : most] as const;
  });
  return Object.fromEntries(entries) as Numbers; // the same names
}

function positive<Numbers extends object>(
  group: string,
  defaults: Numbers,
  given: Partial<Numbers> = {},
  mayBeZero: readonly (keyof Numbers)[] = [],
): Numbers {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) throw new TypeError(`${group}.${name} is no option of a host`);
    if (value !== 0 || !mayBeZero.includes(name as keyof Numbers)) requirePositive(`${group}.${name}`, value); // a name of them, as the line above says
  }
  return { ...defaults, ...given };
}

/** Throws a `TypeError` for what is no positive number. */
export function requirePositive(option: string, value: unknown): void {
  if (typeof value !== 'number' || !(value > 0))
    throw new TypeError(`${option} must be a positive number, not ${String(value)}`);
}
