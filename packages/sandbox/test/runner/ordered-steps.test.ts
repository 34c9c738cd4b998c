import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { brandPluginDefinition } from '@stellaops/plugin-abstractions';
import { schemaCheck } from '@stellaops/plugin-abstractions/hosting';
import { PluginRunner } from '../../src/runner/plugin-runner.ts';
import type { Connection, HostFrame, RunnerFrame } from '../../src/wire/connection.ts';
import { connectInMemory } from '../../src/wire/in-memory-connection.ts';
import type { ControlDone } from '../../src/wire/messages.ts';
import { greeting } from '../fuzz/host-frames.ts';

const closing: Connection<HostFrame, RunnerFrame>[] = [];
afterEach(() => closing.splice(0).forEach((host) => host.close()));

/** A runner that was asked for all steps of a start at once, of a plugin whose initialization ends when the test says so. */
function startAtOnce() {
  const { host, runner } = connectInMemory(16);
  closing.push(host);
  const done: string[] = [];
  const initialization = Promise.withResolvers<void>();
  const plugin = brandPluginDefinition({
    loadSchemaCheck: async () => schemaCheck,
    create: ({ info, capabilities }) => ({
      info,
      capabilities,
      initialize: async () => {
        done.push('initializing');
        await initialization.promise;
        done.push('initialized');
      },
      start: async () => void done.push('started'),
      stop: async () => void done.push('stopped'),
      api: () => undefined,
      find: () => {
        throw new TypeError('it provides nothing');
      },
    }),
  });
  const answers = new Map<number, PromiseWithResolvers<ControlDone>>();
  const answer = (id: number): PromiseWithResolvers<ControlDone> => {
    const known = answers.get(id) ?? Promise.withResolvers<ControlDone>();
    answers.set(id, known);
    return known;
  };
  host.receive((frame) => {
    if (frame.$case === 'controlDone') answer(frame.value.id).resolve(frame.value);
  });
  void new PluginRunner(runner, () => Promise.resolve({ plugin })).run('a token', []);
  const ask = (id: number, $case: 'load' | 'start' | 'stop'): void =>
    host.send({ $case: 'control', value: { id, timeoutMs: 0, step: { $case, value: {} } } });
  host.send(greeting);
  ask(1, 'load');
  const initialize = { $case: 'initialize', value: { configJson: '' } } as const;
  host.send({ $case: 'control', value: { id: 2, timeoutMs: 0, step: initialize } });
  ask(3, 'start');
  return { done, initialization, ask, answer: (id: number) => answer(id).promise };
}

describe('a runner that is asked for all steps of a start at once', () => {
  it('takes them in their order, each when the one before has ended', async () => {
    const { done, initialization, answer } = startAtOnce();
    await answer(1);
    initialization.resolve();
    for (const id of [2, 3]) expect(await answer(id)).toEqual({ id, failure: undefined });
    expect(done).toEqual(['initializing', 'initialized', 'started']);
  });

  it('does not start what failed to initialize', async () => {
    const { done, initialization, answer } = startAtOnce();
    initialization.reject(new Error('no database'));
    expect(await answer(2)).toMatchObject({ failure: { code: 'LIFECYCLE_FAILED' } });
    expect(await answer(3)).toMatchObject({ failure: { code: 'PLUGIN_NOT_ACTIVE' } });
    expect(done).toEqual(['initializing']);
  });

  it('stops at once, and starts nothing after that', async () => {
    const { done, initialization, ask, answer } = startAtOnce();
    await answer(1);
    ask(4, 'stop');
    expect(await answer(4)).toEqual({ id: 4, failure: undefined });
    initialization.resolve();
    await setImmediate();
    expect(done).toEqual(['initializing', 'stopped', 'initialized']);
  });
});
