import { isPluginError, PluginError, type CallOptions } from '@stellaops/plugin-abstractions';
import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';
import { withDeadline, type Deadline } from '../deadline.ts';
import type { Wrap } from './call-link.ts';

/**
 * Gives every call a deadline and lets its caller give up: `CALL_TIMED_OUT`, `CALL_CANCELLED`. For an answer the deadline is for
 * all of it; for a stream it is for each next item, so that a long stream lives as long as it flows.
 */
export function bounded(callTimeoutMs: number, admit: () => void): Wrap {
  return ({ target, contract, next }) => {
    const deadline = (options: CallOptions): Deadline & { readonly timeoutMs: number } => {
      admit();
      const timeoutMs = options.timeoutMs ?? callTimeoutMs;
      const timedOut = (): Error => new PluginError('CALL_TIMED_OUT', { ...target, timeoutMs });
      return {
        timeoutMs,
        signal: options.signal,
        timedOut,
        cancelled: (reason) => cancelled(target, reason),
      };
    };
    if (contract.responseStream) {
      return (input, options = {}) =>
        boundedItems(
          () => deadline(options),
          (signal, timeoutMs) => next(input, { signal, timeoutMs }) as AsyncIterable<unknown>,
        ); // as the contract says
    }
    return async (input, options = {}) => {
      const limit = deadline(options);
      return withDeadline(limit, async (signal) => next(input, { signal, timeoutMs: limit.timeoutMs }));
    };
  };
}

async function* boundedItems(
  begin: () => Deadline,
  open: (signal: AbortSignal, timeoutMs: number) => AsyncIterable<unknown>,
): AsyncGenerator<unknown, void, undefined> {
  const deadline = begin();
  const ending = new AbortController();
  // The caller may give up while nobody waits for an item.
  const signal = deadline.signal ? AbortSignal.any([deadline.signal, ending.signal]) : ending.signal;
  const items = open(signal, deadline.timeoutMs)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { value, done } = await withDeadline(deadline, () => items.next());
      if (done) return;
      yield value;
    }
  } catch (error) {
    ending.abort(error);
    throw error;
  } finally {
    ending.abort(new Error('its caller has left the stream'));
    // Not awaited: a stream that hangs would hang its caller.
    items.return?.().catch(() => undefined);
  }
}

function cancelled(target: CallTarget, reason: unknown): PluginError {
  if (isPluginError(reason)) return reason;
  const problem = reason instanceof Error ? reason.message : String(reason);
  return new PluginError('CALL_CANCELLED', { ...target, problem }, { cause: reason });
}
