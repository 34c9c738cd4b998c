import { isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import { EventAlreadyWritten } from '../audit/event-already-written.ts';

/** What a registry rejects with: its own errors as they are, and every other as `REGISTRY_UNAVAILABLE`. */
export function registryError(error: unknown): Error {
  if (isPluginError(error) || error instanceof EventAlreadyWritten) return error;
  return new PluginError('REGISTRY_UNAVAILABLE', { problem: problemOf(error) }, { cause: error });
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What Node says when a host has several addresses and none answers has no message of its own.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(problemOf).join('; ');
  return error.message === '' ? error.name : error.message;
}
