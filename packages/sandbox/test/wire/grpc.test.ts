import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { defaultMessageLimits } from '@stellaops/plugin-abstractions/hosting';
import type { RunnerFrame } from '../../src/wire/connection.ts';
import { listenForRunner } from '../../src/wire/grpc-host.ts';
import { dialHost } from '../../src/wire/grpc-runner.ts';
import { call, cancel } from '../hostile-wire/hostile-runner.ts';
import { itemsOf } from './items-of.ts';

const hello: RunnerFrame = {
  $case: 'hello',
  value: { token: 't', oldestProtocol: 1, newestProtocol: 1, features: [], runner: '', observations: [] },
};

describe('the socket of a sandbox', () => {
  it('carries frames whole and in order', async () => {
    await using socket = await listen();
    const runner = dialHost(socket.path);
    for (let id = 1; id <= 100; id++) runner.send(cancel(id, 'x'.repeat(id * 100)));
    const host = await socket.listener.connected;
    const ids: number[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    host.receive((frame) => {
      if (frame.$case === 'cancel' && ids.push(frame.value.id) === 100) resolve();
    });
    await promise;
    expect(ids).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    runner.close();
    expect(await host.closed).toBeUndefined();
  });

  it('takes one runner; a second one finds nobody, and the first goes on', async () => {
    await using socket = await listen();
    const first = dialHost(socket.path);
    first.send(hello);
    const host = await socket.listener.connected;
    const second = dialHost(socket.path);
    expect(await second.closed).toMatchObject({
      message: expect.stringContaining('connect ENOENT'),
    });

    const { promise, resolve } = Promise.withResolvers<string>();
    host.receive((frame) => resolve(frame.$case));
    expect(await promise).toBe('hello');
    first.close();
  });

  it('refuses a stream that belongs to no call of the host', async () => {
    await using socket = await listen();
    const runner = dialHost(socket.path);
    await socket.listener.connected;
    const channel = await runner.channel({ calledByHost: true, id: 5 }, AbortSignal.any([]));
    await expect(Array.fromAsync(itemsOf(channel))).rejects.toThrow('no call awaits this stream');
    runner.close();
  });

  it('slows a producer down to the pace of its consumer', async () => {
    await using socket = await listen();
    const runner = dialHost(socket.path);
    const host = await socket.listener.connected;
    const waiting = host.channel({ calledByHost: true, id: 1 }, AbortSignal.any([]));
    const producing = await runner.channel({ calledByHost: true, id: 1 }, AbortSignal.any([]));
    const consuming = await waiting;

    const json = JSON.stringify('x'.repeat(64 * 1024));
    let produced = 0;
    const production = (async () => {
      for (; produced < 400; produced++)
        await producing.write({ $case: 'value', value: { json, attachments: [] } });
      await producing.write({ $case: 'end', value: {} });
    })();
    let consumed = 0;
    let furthest = 0;
    for await (const item of itemsOf(consuming)) {
      if (item.$case === 'end') break;
      consumed++;
      for (let turn = 0; turn < 5; turn++) await setImmediate();
      furthest = Math.max(furthest, produced - consumed);
    }
    await production;
    expect(consumed).toBe(400);
    expect(furthest).toBeLessThan(100);
    runner.close();
  });

  it.each([
    ['at once after one that came by itself, and what follows it at the end of the turn', 1, [true, false]],
    ['at the end of the turn after several that came together', 2, [false, false]],
  ])('sends a call %s', async (_, count, areSentAtOnce) => {
    await using socket = await listen();
    const { listener } = socket;
    const runner = dialHost(socket.path);
    const host = await listener.connected;
    const heard: string[] = [];
    host.receive((frame) => void heard.push(frame.$case));
    for (let id = 1; id <= count; id++) runner.send(cancel(id, 'one of those that came'));
    while (heard.length < count) await setImmediate();
    const sent = [1, 2].map((id) => {
      const before = listener.traffic.sentBytes;
      host.send(call(id));
      return listener.traffic.sentBytes > before;
    });
    expect(sent).toEqual(areSentAtOnce);
    runner.close();
  });

  it('brings binary data that stays what it was, whatever comes after it', async () => {
    await using socket = await listen();
    const runner = dialHost(socket.path);
    const host = await socket.listener.connected;
    const sizes = [1, 4000, 5000, 33_000, 40_000, 60_000, 70_000, 200_000];
    const sent = Array.from({ length: 10 * sizes.length }, (_, index) =>
      Buffer.alloc(sizes[index % sizes.length] ?? 0, index),
    );
    const kept: Uint8Array[] = [];
    let arrived: (() => void) | undefined;
    runner.receive((frame) => {
      if (frame.$case === 'call')
        kept.push(...(frame.value.request?.attachments ?? []).map(({ data }) => data));
      arrived?.();
    });
    for (const [index, data] of sent.entries()) {
      const arrival = new Promise<void>((resolve) => (arrived = resolve));
      host.send(call(index + 1, { request: { json: '[null]', attachments: [{ pointer: '/0', data }] } }));
      if (index % 3 > 0) await arrival; // some come by themselves, others with those before
    }
    while (kept.length < sent.length) await setImmediate();
    expect(kept.map((data, index) => Buffer.compare(data, sent[index] ?? data))).toEqual(sent.map(() => 0));
    runner.close();
  });
});

async function listen() {
  const directory = await mkdtemp(join(tmpdir(), 'stella-test-'));
  const path = join(directory, 's');
  const listener = await listenForRunner(path, defaultMessageLimits);
  return {
    path,
    listener,
    [Symbol.asyncDispose]: async () => {
      await listener[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}
