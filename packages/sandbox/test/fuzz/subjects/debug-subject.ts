import { isPluginError } from '@stellaops/plugin-abstractions';
import type { RunnerSession } from '../../../src/client/runner-session.ts';
import { openWireHost, type WireHost } from '../../hostile-wire/wire-host.ts';
import { vault } from '../../hostile-wire/vault.ts';
import { serveTrials, type Trial, type TrialEnd } from './serve-trials.ts';
import { within } from './within.ts';

const patienceMs = 10_000;
const codes = ['SANDBOX_PROTOCOL_VIOLATION', 'SANDBOX_HANDSHAKE_FAILED'] as const;

/** A host as each trial has it, whose calls of every shape are under way as soon as a runner said hello. */
serveTrials(async (): Promise<Trial> => {
  const host = await openWireHost();
  const settled = host.session.then(async (session) => {
    await session.greeted.catch(() => undefined);
    const debugDone: string[] = []; const all = callEverything(session); all.forEach((c, i) => { c.then(() => (debugDone[i] = 'ok'), (e) => (debugDone[i] = String(e).slice(0, 200))); }); (globalThis as any).debugDone = debugDone; return Promise.allSettled(all);
  });
  return {
    path: host.path,
    settle: async () => {
      try {
        return await judge(host, settled);
      } finally {
        await host[Symbol.asyncDispose]();
      }
    },
  };
});

function callEverything(session: RunnerSession): Promise<unknown>[] {
  const api = session.api(vault);
  return [
    api.echo('question'),
    Array.fromAsync(api.count({ to: 3 })),
    api.sum(numbers(5)),
    takeOne(api.count({ to: 3 })),
    api.echo('in haste', { signal: AbortSignal.timeout(5) }),
    api.hang('for ever', { timeoutMs: 1 }),
  ];
}

async function* numbers(to: number): AsyncGenerator<number> {
  for (let number = 1; number <= to; number++) yield await Promise.resolve(number);
}

async function takeOne(items: AsyncIterable<unknown>): Promise<unknown> {
  for await (const item of items) return item;
  return undefined;
}

async function judge(
  host: WireHost,
  settled: Promise<readonly PromiseSettledResult<unknown>[]>,
): Promise<TrialEnd> {
  const closed = await within(host.closed, patienceMs);
  if (closed === 'late') return { ending: 'late', problems: ['the session has not ended'] };
  host.served.release();
  const problems: string[] = [];
  const results = await within(settled, patienceMs);
  if (results === 'late') problems.push('a call of the host has not ended' + JSON.stringify((globalThis as any).debugDone));
  else for (const result of results) problems.push(...problemOfCall(result));
  const inFlight = (await host.session).callsInFlight;
  if (inFlight.toPlugin.length > 0) problems.push('a call of the host is still counted');
  await new Promise(setImmediate);
  if (inFlight.toHost.length > 0 && (await host.session).callsInFlight.toHost.length > 0)
    problems.push('a call of the plugin is still served');
  if (closed === undefined) return { ending: 'the runner left', problems };
  const code = codes.find((each) => isPluginError(closed, each));
  if (code === undefined && !isSocketError(closed)) problems.push(`it ended with ${closed.stack}`);
  return { ending: code ?? 'the socket broke', problems };
}

function problemOfCall(result: PromiseSettledResult<unknown>): readonly string[] {
  if (result.status === 'fulfilled' || isPluginError(result.reason)) return [];
  return [
    `a call failed with ${result.reason instanceof Error ? result.reason.stack : String(result.reason)}`,
  ];
}

function isSocketError(error: Error & { readonly code?: string }): boolean {
  return ['ECONNRESET', 'EPIPE', 'ECANCELED'].includes(error.code ?? '');
}
