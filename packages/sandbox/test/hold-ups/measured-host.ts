import { schemaProblem } from '@stellaops/plugin-abstractions/hosting';
import type { RunnerSession } from '../../src/client/runner-session.ts';
import { serveTrials } from '../fuzz/subjects/serve-trials.ts';
import { openWireHost } from '../hostile-wire/wire-host.ts';
import { desk, deskServices } from './report-desk.ts';

/** Calls of each kind that are under way at once. */
const callsAtOnce = 16;

/** A host that makes many calls to its plugin, and checks every answer and item as the dispatch of a host does. */
serveTrials(async () => {
  const host = await openWireHost({ services: deskServices });
  const calls = callFrom(host.session);
  return {
    path: host.path,
    settle: async () => {
      const closed = await host.closed;
      await calls;
      await host[Symbol.asyncDispose]();
      return { ending: closed?.message ?? 'the runner left', problems: [] };
    },
  };
});

async function callFrom(opened: Promise<RunnerSession>): Promise<void> {
  const session = await opened;
  await session.greeted.catch(() => undefined);
  await Promise.allSettled(Array.from({ length: callsAtOnce }, () => callAll(session)).flat());
}

function callAll(session: RunnerSession): readonly Promise<unknown>[] {
  const api = session.api(desk);
  return [
    api.fetch(null).then((answer) => schemaProblem(desk.methods.fetch.response, answer)),
    api.take(null).then((answer) => schemaProblem(desk.methods.take.response, answer)),
    checkAll(api.follow(null), desk.methods.follow.responseStream),
    checkAll(api.watch(null), desk.methods.watch.responseStream),
  ];
}

async function checkAll(items: AsyncIterable<unknown>, schema: object): Promise<void> {
  for await (const item of items) schemaProblem(schema, item);
}
