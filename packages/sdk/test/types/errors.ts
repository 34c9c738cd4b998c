import { isPluginError, PluginError } from '../../src/index.ts';

declare const error: unknown;

if (isPluginError(error, 'CALL_TIMED_OUT')) {
  const timeoutMs: number = error.details.timeoutMs;
  const code: 'CALL_TIMED_OUT' = error.code;
  // @ts-expect-error this error has no such detail
  const problem: unknown = error.details.problem;
  // @ts-expect-error a time is a number
  const text: string = error.details.timeoutMs;
  void [timeoutMs, code, problem, text];
}

// @ts-expect-error there is no such code
isPluginError(error, 'CALL_TIMEOUT');

// @ts-expect-error a detail is missing
void new PluginError('REGISTRY_CONFLICT', { pluginId: 'a.b', version: '1.0.0' });

// @ts-expect-error a detail has another type
void new PluginError('REGISTRY_UNAVAILABLE', { problem: 7 });

// @ts-expect-error the code has no such detail
void new PluginError('REGISTRY_UNAVAILABLE', { problem: 'gone', pluginId: 'a.b' });
