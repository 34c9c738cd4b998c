import { isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import { withDeadline } from '../deadline.ts';
import type { HostTimeouts } from '../plugin-settings.ts';
import type { HostedPlugin } from './hosted-plugin.ts';

/** What a plugin is asked to do within a deadline of its own, `timeouts.{phase}TimeoutMs`. */
export type Phase = 'load' | 'initialize' | 'start' | 'stop';

/** Does a step within its deadline. */
export type Step = <Result>(phase: Phase, work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;

/** One step of a plugin. Rejects with what it failed of, with a code: `LIFECYCLE_FAILED` or its own; or with `LIFECYCLE_TIMED_OUT`. */
export function lifecycleStep<Result>(
  { id: pluginId, settings, enter }: HostedPlugin,
  phase: Phase,
  work: (signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const option: keyof HostTimeouts = `${phase}TimeoutMs`;
  const timeoutMs = settings.timeouts[option];
  const failed = (cause: unknown): PluginError => {
    const problem = cause instanceof Error ? cause.message : String(cause);
    return isPluginError(cause)
      ? cause
      : new PluginError('LIFECYCLE_FAILED', { pluginId, phase, problem }, { cause });
  };
  const timedOut = (): PluginError =>
    new PluginError('LIFECYCLE_TIMED_OUT', { pluginId, phase, timeoutMs, option });
  return withDeadline({ timeoutMs, signal, timedOut, cancelled: failed }, async (given) => {
    try {
      return await (enter ? enter(() => work(given)) : work(given));
    } catch (error) {
      throw failed(error);
    }
  });
}
