import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Item } from '../../src/wire/connection.ts';
import { meetingTimeoutMs } from '../../src/wire/channel-broker.ts';
import { violationOf } from './violation.ts';
import { call, HostileRunner } from './hostile-runner.ts';
import { batch } from './raw-stream.ts';
import { vault } from './vault.ts';
import { openWireHost } from './wire-host.ts';

const value = (json: string): Item => ({ $case: 'value', value: { json, attachments: [] } });
const end: Item = { $case: 'end', value: {} };
const refused = { status: '9', details: 'no call awaits this stream' };

afterEach(() => {
  jest.useRealTimers();
});

describe('a stream that belongs to no call', () => {
  it.each<[string, Item]>([
    ['names a call that the host never made', { $case: 'opening', value: { calledByHost: true, id: 77 } }],
    ['begins with an item', value('1')],
    ['begins with its end', end],
  ])('is refused when it %s', async (_, first) => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const stream = runner.open('Transfer');
    stream.send(batch(first));
    expect(await stream.ended).toEqual(refused);
    await runner.prove();
  });

  it('is refused when the call of the host streams nothing', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const answered = (await host.session).api(vault).echo('question');
    const { value: asked } = await runner.attach.heard('call');
    expect(await runner.transfer(true, asked.id).ended).toEqual(refused);
    runner.attach.say({
      $case: 'answer',
      value: { id: asked.id, result: { $case: 'response', value: { json: '1', attachments: [] } } },
    });
    expect(await answered).toBe(1);
  });

  it('is refused when it is the second of one call, and the first goes on', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const counted = Array.fromAsync((await host.session).api(vault).count({ to: 1 }));
    const { value: asked } = await runner.attach.heard('call');
    const first = runner.transfer(true, asked.id);
    const second = runner.transfer(true, asked.id);
    expect(await second.ended).toEqual(refused);
    first.send(batch(value('"item"'), end));
    expect(await counted).toEqual(['item']);
  });

  it('is refused beyond the streams that may wait for their call', async () => {
    await using host = await openWireHost({ limits: { maxCallsInFlight: 2 } });
    using runner = await HostileRunner.greet(host.path);
    runner.transfer(false, 8);
    runner.transfer(false, 9);
    expect(await runner.transfer(false, 10).ended).toEqual(refused);
    await runner.prove();
  });

  it('is closed when its call does not come in time, and when it never says which it is', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance', 'Date'] });
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const orphan = runner.transfer(false, 9);
    const silent = runner.open('Transfer');
    await runner.prove();
    await runner.prove();
    jest.advanceTimersByTime(meetingTimeoutMs);
    expect(await silent.ended).toMatchObject({ status: '9' });
    expect(await orphan.ended).toMatchObject({ status: '0' });
  });
});

describe('a call without its stream', () => {
  it('fails when the runner called and opens none in time', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance', 'Date'] });
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const request = { json: '{"to":1}', attachments: [] };
    runner.attach.say(call(1, { method: 'count', streamsResponse: true, request }));
    await runner.prove();
    jest.advanceTimersByTime(meetingTimeoutMs);
    expect(await runner.attach.heard('answer')).toMatchObject({
      value: { id: 1, result: { value: { code: 'CALL_TIMED_OUT' } } },
    });
    const session = await host.session;
    await runner.prove();
    expect(session.callsInFlight.toHost).toEqual([]);
  });

  it('of the host ends with the deadline of its caller when the runner opens none', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const controller = new AbortController();
    const session = await host.session;
    const { signal } = controller;
    const counted = Array.fromAsync(session.api(vault).count({ to: 1 }, { signal }));
    await runner.attach.heard('call');
    controller.abort(new Error('too late'));
    await expect(counted).rejects.toMatchObject({ code: 'CALL_CANCELLED' });
    expect(session.callsInFlight.toPlugin).toEqual([]);
    await runner.attach.heard('cancel');
  });
});

describe('a call of the host whose answer is to come on a stream', () => {
  it('fails when it is answered again, for which it waited for ever', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const session = await host.session;
    const answered = session.api(vault).echo('question');
    const { id } = (await runner.attach.heard('call')).value;
    const response = { json: '1', attachments: [] };
    runner.attach.say(
      { $case: 'answer', value: { id, result: { $case: 'transferred', value: {} } } },
      { $case: 'answer', value: { id, result: { $case: 'response', value: response } } },
    );
    await expect(answered).rejects.toMatchObject({
      code: 'RESPONSE_INVALID',
      message: expect.stringContaining('was answered again'),
    });
    expect(session.callsInFlight.toPlugin).toEqual([]);
    await runner.prove();
  });

  it('fails with the sandbox when the stream never comes', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const answered = (await host.session).api(vault).echo('question');
    const { id } = (await runner.attach.heard('call')).value;
    runner.attach.say({ $case: 'answer', value: { id, result: { $case: 'transferred', value: {} } } });
    await runner.prove();
    runner[Symbol.dispose]();
    await expect(answered).rejects.toMatchObject({ code: 'SANDBOX_EXITED' });
  });
});

describe('the items of a stream', () => {
  it('end with End, whatever follows', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const counted = Array.fromAsync((await host.session).api(vault).count({ to: 1 }));
    const { value: asked } = await runner.attach.heard('call');
    const stream = runner.transfer(true, asked.id);
    stream.send(batch(value('"before"'), end, value('"after"'), end));
    stream.send(batch(value('"after"')));
    expect(await counted).toEqual(['before']);
    await runner.prove();
  });

  it('fail the call when it breaks off without End', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const counted = Array.fromAsync((await host.session).api(vault).count({ to: 1 }));
    const { value: asked } = await runner.attach.heard('call');
    const stream = runner.transfer(true, asked.id);
    stream.send(batch(value('"before"')));
    stream.http.end();
    await expect(counted).rejects.toMatchObject({ code: 'CALL_FAILED' });
    await runner.prove();
  });

  it('stay with the runner while nobody reads them', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const items = (await host.session).api(vault).count({ to: 1 }, {})[Symbol.asyncIterator]();
    const first = items.next();
    const { value: asked } = await runner.attach.heard('call');
    const stream = runner.transfer(true, asked.id);
    for (let sent = 0; sent < 1000; sent++) stream.send(batch(value(JSON.stringify('x'.repeat(100_000)))));
    expect(await first).toMatchObject({ done: false });
    await runner.prove();
    await runner.prove();
    expect(stream.http.writableLength).toBeGreaterThan(90_000_000);
    await items.return?.(undefined);
  });

  it('are produced no further than the runner reads', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const stream = runner.transfer(false, 1);
    stream.http.pause();
    const request = { json: '{"to":1000000}', attachments: [] };
    runner.attach.say(call(1, { method: 'count', streamsResponse: true, request }));
    for (let turn = 0; turn < 20; turn++) await runner.prove();
    const produced = host.served.produced;
    expect(produced).toBeGreaterThan(0);
    expect(produced).toBeLessThan(1000);
    for (let turn = 0; turn < 20; turn++) await runner.prove();
    expect(host.served.produced).toBe(produced);
  });

  it('end the sandbox when one is larger than a message may be', async () => {
    await using host = await openWireHost({ limits: { jsonLimitBytes: 1000, bytesLimitBytes: 0 } });
    using runner = await HostileRunner.greet(host.path);
    const stream = runner.transfer(false, 1);
    stream.send(batch(value(JSON.stringify('x'.repeat(100_000)))));
    expect(await violationOf(host)).toContain('and the limit is 66536');
  });
});
