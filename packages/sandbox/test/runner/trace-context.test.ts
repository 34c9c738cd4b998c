import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  brandPluginDefinition,
  defineCapability,
  implement,
  type PluginContext,
} from '@stellaops/plugin-abstractions';
import { schemaCheck } from '@stellaops/plugin-abstractions/hosting';
import { PluginRunner } from '../../src/runner/plugin-runner.ts';
import type { Connection, HostFrame, RunnerFrame } from '../../src/wire/connection.ts';
import { connectInMemory } from '../../src/wire/in-memory-connection.ts';
import { greeting } from '../fuzz/host-frames.ts';
import { call } from '../hostile-wire/hostile-runner.ts';
import { vault } from '../hostile-wire/vault.ts';
import { itemsOf } from '../wire/items-of.ts';

const text = { type: 'string' };
const desk = defineCapability({
  id: 'Desk',
  version: 1,
  methods: {
    ask: { request: text, response: {} },
    list: { request: text, responseStream: {} },
    collect: { requestStream: text, response: {} },
  },
});

/** A plugin that calls its host in all that it does, after a few turns, and hands no trace on. */
const plugin = brandPluginDefinition({
  loadSchemaCheck: async () => schemaCheck,
  create: ({ info, capabilities }) => {
    let host: PluginContext | undefined;
    const echo = async (value: unknown): Promise<unknown> => {
      await setImmediate();
      return host?.resolve(vault).echo(value);
    };
    const implementation = implement(desk, {
      ask: echo,
      list: async function* list(name) {
        yield await echo(`${String(name)}, first`);
        yield await echo(`${String(name)}, second`);
      },
      collect: async (items) => {
        for await (const item of items) await echo(item);
        return null;
      },
    });
    return {
      info,
      capabilities,
      initialize: (context) => Promise.resolve(void (host = context)),
      start: async () => void (await echo('by itself')),
      stop: () => Promise.resolve(),
      api: () => undefined,
      find: () => implementation,
    };
  },
});

type RunnerCall = Extract<RunnerFrame, { $case: 'call' }>['value'];
const closing: Connection<HostFrame, RunnerFrame>[] = [];
afterEach(() => closing.splice(0).forEach((host) => host.close()));

interface RunPlugin {
  readonly host: Connection<HostFrame, RunnerFrame>;
  /** The trace of the call that asks this. */
  readonly traceOf: (asked: string) => Promise<string>;
}

/** The other end of a runner in which that plugin has started. */
async function runPlugin(): Promise<RunPlugin> {
  const { host, runner } = connectInMemory(16);
  closing.push(host);
  const heard = new Map<string, PromiseWithResolvers<string>>();
  const trace = (asked: string): PromiseWithResolvers<string> => {
    const known = heard.get(asked) ?? Promise.withResolvers<string>();
    heard.set(asked, known);
    return known;
  };
  const answer = ({ id, request, traceparent }: RunnerCall): void => {
    trace(JSON.parse(request?.json ?? '') as string).resolve(traceparent);
    const response = { json: 'null', attachments: [] };
    host.send({ $case: 'answer', value: { id, result: { $case: 'response', value: response } } });
  };
  let stepDone = Promise.withResolvers<void>();
  host.receive((frame) => {
    if (frame.$case === 'call') answer(frame.value);
    if (frame.$case === 'controlDone') stepDone.resolve();
  });
  void new PluginRunner(runner, () => Promise.resolve({ plugin })).run('a token', []);
  host.send(greeting);
  for (const [index, $case] of (['load', 'initialize', 'start'] as const).entries()) {
    const step = $case === 'initialize' ? { $case, value: { configJson: '' } } : { $case, value: {} };
    stepDone = Promise.withResolvers();
    host.send({ $case: 'control', value: { id: index + 1, timeoutMs: 0, step } });
    await stepDone.promise;
  }
  return { host, traceOf: (asked) => trace(asked).promise };
}

function ask(id: number, name: string, differing: Partial<RunnerCall> = {}): HostFrame {
  const request = { json: JSON.stringify(name), attachments: [] };
  return call(id, { capability: 'Desk', method: 'ask', request, ...differing });
}

const traces = [
  '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
] as const;

describe('the calls of a plugin that hands no trace on', () => {
  it('belong to the trace of the call that it serves meanwhile, of several each to its own', async () => {
    const { host, traceOf } = await runPlugin();
    host.send(ask(1, 'one', { traceparent: traces[0] }));
    host.send(ask(2, 'none'));
    host.send(ask(3, 'another', { traceparent: traces[1] }));
    expect(await Promise.all(['one', 'none', 'another'].map(traceOf))).toEqual([traces[0], '', traces[1]]);
  });

  it('belong to none when it does something by itself', async () => {
    const { traceOf } = await runPlugin();
    expect(await traceOf('by itself')).toBe('');
  });

  it('belong to the trace of a stream that it serves, from its first item to its last', async () => {
    const { host, traceOf } = await runPlugin();
    const [traceparent] = traces;
    host.send(ask(1, 'one', { method: 'list', streamsResponse: true, traceparent }));
    const channel = await host.channel({ calledByHost: true, id: 1 }, AbortSignal.any([]));
    expect(await Array.fromAsync(itemsOf(channel))).toHaveLength(3);
    expect(await Promise.all(['one, first', 'one, second'].map(traceOf))).toEqual([traceparent, traceparent]);
  });

  it('belong to the trace of a stream that it reads', async () => {
    const { host, traceOf } = await runPlugin();
    const [traceparent] = traces;
    host.send(ask(1, '', { method: 'collect', request: undefined, streamsRequest: true, traceparent }));
    const channel = await host.channel({ calledByHost: true, id: 1 }, AbortSignal.any([]));
    await channel.write({ $case: 'value', value: { json: '"an item"', attachments: [] } });
    await channel.write({ $case: 'end', value: {} });
    expect(await traceOf('an item')).toBe(traceparent);
  });
});
