import { isPluginError, type PluginError, type PluginErrorCode } from '@stellaops/plugin-abstractions';
import { restorePluginError } from '@stellaops/plugin-abstractions/hosting';
import type { Failure } from './gen/stellaops/plugin/v1/plugin.ts';
import { printableLines, printableValue } from './printable.ts';

/** Of each text of a failure. */
const maxTextLength = 8 * 1024;
/** Room for several texts of which every character is escaped. */
const maxDetailsLength = 16 * maxTextLength;

/** What the other side may say of a call; anything else it says counts as a failure of the call. */
export const callCodes: ReadonlySet<PluginErrorCode> = new Set<PluginErrorCode>([
  'CALL_CANCELLED',
  'CALL_FAILED',
  'CALL_REFUSED',
  'CALL_TIMED_OUT',
  'CAPABILITY_AMBIGUOUS',
  'CAPABILITY_DENIED',
  'CAPABILITY_NOT_DECLARED',
  'CAPABILITY_NOT_IMPLEMENTED',
  'CAPABILITY_NOT_PROVIDED',
  'MESSAGE_TOO_LARGE',
  'PLUGIN_NOT_ACTIVE',
  'QUOTA_EXCEEDED',
  'REQUEST_INVALID',
  'RESPONSE_INVALID',
]);

/** What a runner may say of a step of the lifecycle. */
export const lifecycleCodes: ReadonlySet<PluginErrorCode> = new Set<PluginErrorCode>([
  'CAPABILITY_NOT_DECLARED',
  'CAPABILITY_NOT_IMPLEMENTED',
  'CONFIG_INVALID',
  'ENTRY_INVALID',
  'LIFECYCLE_FAILED',
  'MANIFEST_INVALID',
]);

/** The sentence of anything that was thrown. */
export function problemOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** An error as it crosses the wire, long texts cut. The stack goes along only from the plugin to the host. */
export function encodeFailure(error: PluginError, stack: 'with stack' | 'without stack'): Failure {
  const origin = error.cause instanceof Error ? error.cause : error;
  return {
    code: error.code,
    detailsJson: JSON.stringify(error.details, (_, value: unknown) =>
      typeof value === 'string' ? value.slice(0, maxTextLength) : value,
    ),
    stack: stack === 'with stack' ? (origin.stack ?? '').slice(0, maxTextLength) : '',
  };
}

/**
 * The error that the other side told of. Its code must be one that it may use, and what this side knows of the details
 * is not taken from there; otherwise `fallback` says what it counts as. Texts are bounded, and show control characters escaped.
 */
export function decodeFailure(
  failure: Failure,
  allowed: ReadonlySet<PluginErrorCode>,
  known: Readonly<Record<string, string>>,
  fallback: (problem: string, cause: Error) => PluginError,
): PluginError {
  const cause = new Error('thrown on the other side of the wire');
  if (failure.stack !== '') cause.stack = printableLines(failure.stack, maxTextLength);
  const details = detailsOf(failure);
  if (typeof details['problem'] === 'string') cause.message = details['problem'];
  const restored = restorePluginError(failure.code, { ...details, ...known }, { cause });
  if (isPluginError(restored) && allowed.has(restored.code)) return restored;
  return fallback(restored?.message ?? 'it failed in a way that this protocol version does not know', cause);
}

function detailsOf({ detailsJson }: Failure): Readonly<Record<string, unknown>> {
  if (detailsJson.length > maxDetailsLength) return {};
  try {
    return Object(printableValue(JSON.parse(detailsJson), maxTextLength)) as Record<string, unknown>; // only read as a bag of unknown values
  } catch {
    return {};
  }
}
