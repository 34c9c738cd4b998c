import { PluginError } from '@stellaops/plugin-abstractions';
import type { SandboxEndCause, SandboxLimits } from '@stellaops/plugin-abstractions/hosting';

/** A step of the lifecycle that the plugin had not finished. */
type StepUnderWay = 'load' | 'initialize' | 'start' | 'stop';

/** What the host did before the process was gone. */
export type HostAction =
  /** The plugin answered `stop`, and was free to go. */
  | { readonly kind: 'stopped' }
  /** The sandbox was disposed, or its launch given up. */
  | { readonly kind: 'disposed'; readonly during: StepUnderWay | undefined }
  /** The runner broke the protocol, or was turned away. */
  | {
      readonly kind: 'violation';
      readonly problem: string;
      readonly code: 'SANDBOX_PROTOCOL_VIOLATION' | 'SANDBOX_HANDSHAKE_FAILED';
    }
  /** The runner closed its connection, and its process had to be ended. */
  | { readonly kind: 'disconnected' }
  /** No sign of life. `watchedMs` is the part of the silence for which the kernel's figure was taken. */
  | {
      readonly kind: 'silence';
      readonly timeoutMs: number;
      readonly watchedMs: number;
      readonly throttledMs: number | undefined;
    };

/** Everything that decides why a sandbox ended. */
export interface EndFacts {
  readonly pluginId: string;
  readonly limits: SandboxLimits;
  /** `undefined` when the host did nothing. */
  readonly action: HostAction | undefined;
  /** Whether the process was killed by the host before it had ended by itself. */
  readonly wasKilled: boolean;
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly memoryLimitHit: boolean;
  readonly processLimitHit: boolean;
  /** V8 said on the standard error that its heap is full. */
  readonly isHeapExhausted: boolean;
}

/** Why a sandbox ended, for people and for programs. */
export interface EndExplanation {
  readonly cause: SandboxEndCause;
  /** In one sentence, without a full stop. */
  readonly problem: string;
  /** What calls that wait fail with. */
  readonly error: PluginError;
}

/** Signals that people and supervisors send; what a program does wrong ends it by another (signal(7)). */
const signalsFromOutside: ReadonlySet<NodeJS.Signals> = new Set([
  'SIGKILL',
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
]);

/** Says why a sandbox ended. What the host did comes first, then the limits, then how the process ended. */
export function explainEnd(facts: EndFacts): EndExplanation {
  const { action } = facts;
  if (action?.kind === 'stopped') return exited(facts, 'stopped', 'it was stopped by the host');
  if (action?.kind === 'violation') return explainViolation(facts, action);
  // What the host meant to do does not count where the process was faster.
  if (action === undefined || !facts.wasKilled) return explainOwnEnd(facts);
  switch (action.kind) {
    case 'disposed':
      return explainDisposal(facts, action.during);
    case 'silence':
      return explainSilence(facts, action);
    case 'disconnected':
      return explainDisconnection(facts);
    default:
      return action satisfies never;
  }
}

function explainDisposal(facts: EndFacts, during: StepUnderWay | undefined): EndExplanation {
  if (during === undefined) return exited(facts, 'stopped', 'it was stopped by the host');
  const problem = `it did not ${during} in time, and was ended by the host`;
  return exited(facts, during === 'stop' ? 'unresponsive' : 'startTimeout', problem);
}

function explainViolation(
  { pluginId }: EndFacts,
  { problem, code }: Extract<HostAction, { kind: 'violation' }>,
): EndExplanation {
  return { cause: 'protocolViolation', problem, error: new PluginError(code, { pluginId, problem }) };
}

function explainSilence(
  facts: EndFacts,
  { timeoutMs, watchedMs, throttledMs }: Extract<HostAction, { kind: 'silence' }>,
): EndExplanation {
  const problem = `it gave no sign of life for ${timeoutMs} ms`;
  if (throttledMs !== undefined && throttledMs >= watchedMs / 2) {
    const limit = `limit of ${facts.limits.cpuLimitCores} processor cores`;
    const explained = limited(facts, 'cpuStarvation', limit, 'limits.cpuLimitCores');
    return { ...explained, problem: `${problem}, held back at its ${limit}` };
  }
  const { pluginId } = facts;
  return {
    cause: 'unresponsive',
    problem,
    error: new PluginError('SANDBOX_UNRESPONSIVE', { pluginId, timeoutMs }),
  };
}

function explainDisconnection(facts: EndFacts): EndExplanation {
  if (facts.memoryLimitHit) return explainOwnEnd(facts);
  const problem = 'it closed its connection and went on';
  return explainViolation(facts, { kind: 'violation', problem, code: 'SANDBOX_PROTOCOL_VIOLATION' });
}

function explainOwnEnd(facts: EndFacts): EndExplanation {
  const { code, signal, limits } = facts;
  const memoryLimit = `memory limit of ${limits.memoryLimitMiB} MiB`;
  if (facts.memoryLimitHit) return limited(facts, 'memoryLimit', memoryLimit, 'limits.memoryLimitMiB');
  if (signal !== undefined && signalsFromOutside.has(signal))
    return exited(
      facts,
      'killedFromOutside',
      `its process was ended by ${signal}, which the host did not send`,
    );
  if (facts.isHeapExhausted && signal === 'SIGABRT') {
    const heapLimit = `limit of the V8 heap, which is a part of its ${memoryLimit}`;
    return limited(facts, 'memoryLimit', heapLimit, 'limits.memoryLimitMiB');
  }
  if (facts.processLimitHit) {
    const limit = `limit of ${limits.maxProcesses} processes and threads`;
    return limited(facts, 'processLimit', limit, 'limits.maxProcesses');
  }
  const how = signal === undefined ? `exited with code ${code ?? 'unknown'}` : `was ended by ${signal}`;
  return exited(facts, 'crashed', `its process ${how}`);
}

function limited(
  { pluginId }: EndFacts,
  cause: SandboxEndCause,
  limit: string,
  option: string,
): EndExplanation {
  const error = new PluginError('SANDBOX_LIMIT_EXCEEDED', { pluginId, limit, option });
  return { cause, problem: `it reached its ${limit}`, error };
}

function exited({ pluginId }: EndFacts, cause: SandboxEndCause, problem: string): EndExplanation {
  return { cause, problem, error: new PluginError('SANDBOX_EXITED', { pluginId, problem }) };
}
