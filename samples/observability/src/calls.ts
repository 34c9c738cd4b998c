import { setTimeout as wait } from 'node:timers/promises';
import type { PluginHost } from '@stellaops/plugin-host';
import { Digester } from './digester.ts';

const pauseMs = 20;

/** Calls every plugin again and again, one call in twenty such that it fails, until it is disposed of. */
export function keepCalling(host: PluginHost): AsyncDisposable {
  const ending = new AbortController();
  const calls = callOn(host, ending.signal);
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await calls;
    },
  };
}

async function callOn(host: PluginHost, signal: AbortSignal): Promise<void> {
  for (let round = 1; !signal.aborted; round++) {
    const request = { text: round % 20 === 0 ? '' : `release ${round}`, rounds: 1 + (round % 100) };
    // What fails is for the metrics to tell.
    await Promise.allSettled(host.resolveAll(Digester).map(({ api }) => api.digest(request, { signal })));
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
