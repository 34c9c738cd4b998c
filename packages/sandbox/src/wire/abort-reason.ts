import { isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import { restorePluginError, type CallTarget } from '@stellaops/plugin-abstractions/hosting';
import { callCodes, decodeFailure, encodeFailure, problemOf } from './failure-codec.ts';
import type { Cancel } from './gen/stellaops/plugin/v1/plugin.ts';
import { withoutPaths } from './host-texts.ts';
import { printable } from './printable.ts';

const maxReasonLength = 1024;
const maxNameLength = 64;
/** The names that an `AbortSignal` gives its own reasons. */
const namesOfSignals: ReadonlySet<string> = new Set(['AbortError', 'TimeoutError']);

/** The reason of an `AbortSignal` as it crosses the wire: what it says, and never its stack or its cause. */
export function encodeReason(reason: unknown, side: 'host' | 'runner'): Omit<Cancel, 'id'> {
  // A plugin may run in a realm of its own, whose DOMException is no Error of this one.
  const error = reason instanceof Error || reason instanceof DOMException ? reason : undefined;
  const said = (error?.message ?? problemOf(reason)).slice(0, maxReasonLength);
  const text = side === 'host' ? withoutPaths(said) : said;
  const told = isPluginError(reason) && callCodes.has(reason.code) ? reason : undefined;
  const failure = side === 'host' ? told && withoutPathsIn(told) : told;
  return {
    reason: text,
    errorName: error?.name.slice(0, maxNameLength) ?? '',
    failure: failure && encodeFailure(failure, 'without stack'),
  };
}

/** Its problem may quote an error of the host. */
function withoutPathsIn(error: PluginError): PluginError {
  if (!('problem' in error.details)) return error;
  const problem = withoutPaths(error.details.problem);
  return restorePluginError(error.code, { ...error.details, problem }) ?? error;
}

/** What a signal is aborted with on the other side: an error of the catalogue, an error of the same name, or the text. */
export function decodeReason({ reason, errorName, failure }: Cancel, target: CallTarget): unknown {
  const text = printable(reason, maxReasonLength);
  if (failure) {
    const cancelled = (problem: string, cause: Error): PluginError =>
      new PluginError('CALL_CANCELLED', { ...target, problem }, { cause });
    return decodeFailure(failure, callCodes, { ...target }, cancelled);
  }
  if (errorName === '') return text;
  if (namesOfSignals.has(errorName)) return new DOMException(text, errorName);
  const name = printable(errorName, maxNameLength);
  return Object.assign(new Error(text), name === 'Error' ? {} : { name });
}
