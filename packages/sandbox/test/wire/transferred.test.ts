import { describe, expect, it } from '@jest/globals';
import { answeredLater, follower, type AnsweredCall } from '@stellaops/plugin-abstractions/hosting';
import { HostileRunner, call, hello } from '../hostile-wire/hostile-runner.ts';
import { batch, type RawStream } from '../hostile-wire/raw-stream.ts';
import { vault } from '../hostile-wire/vault.ts';
import { openWireHost, type WireHost } from '../hostile-wire/wire-host.ts';

const large = 'x'.repeat(300_000);
const payload = { json: JSON.stringify(large), attachments: [] };
const end = { $case: 'end', value: {} } as const;

/** A runner that takes large payloads on a Transfer. */
async function greet(host: WireHost): Promise<HostileRunner> {
  const runner = HostileRunner.dial(host.path);
  runner.attach.say({ $case: 'hello', value: { ...hello, features: ['transferred-payloads', 'telepathy'] } });
  const { value } = await runner.attach.heard('hello');
  expect(value.features).toEqual(['transferred-payloads']);
  return runner;
}

/** What comes to the end of a Transfer: the characters of each value, and what else. */
async function sizesOf(transfer: RawStream): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  while (seen.at(-1) !== 'end')
    for (const item of await transfer.items())
      seen.push(item?.$case === 'value' ? item.value.json.length : item?.$case);
  return seen;
}

describe('a large payload', () => {
  it('of a request travels on the Transfer of its call, and small calls beside it', async () => {
    await using host = await openWireHost();
    using runner = await greet(host);
    const answered = (await host.session).api(vault).echo(large);
    const { value: asked } = await runner.attach.heard('call');
    expect(asked).toMatchObject({ transfersRequest: true, request: undefined });
    await runner.prove();
    const transfer = runner.transfer(true, asked.id);
    expect(await sizesOf(transfer)).toEqual([payload.json.length, 'end']);
    const response = { json: '"small"', attachments: [] };
    runner.attach.say({
      $case: 'answer',
      value: { id: asked.id, result: { $case: 'response', value: response } },
    });
    expect(await answered).toBe('small');
  });

  it('of an answer is taken from the Transfer, whichever of the two comes first', async () => {
    await using host = await openWireHost();
    using runner = await greet(host);
    const session = await host.session;
    for (const order of ['announced first', 'transferred first']) {
      const answered = session.api(vault).echo(order);
      const { value: asked } = await runner.attach.heard('call');
      const announce = (): void =>
        runner.attach.say({
          $case: 'answer',
          value: { id: asked.id, result: { $case: 'transferred', value: {} } },
        });
      if (order === 'announced first') announce();
      runner.transfer(true, asked.id).send(batch({ $case: 'value', value: payload }, end));
      await runner.prove();
      if (order === 'transferred first') announce();
      expect(await answered).toBe(large);
    }
    expect(session.callsInFlight.toPlugin).toEqual([]);
  });

  it.each<[string, (transfer: RawStream) => void, unknown]>([
    [
      'of an answer is told to options that take it',
      (transfer) => transfer.send(batch({ $case: 'value', value: payload }, end)),
      large,
    ],
    [
      'of an answer that breaks off fails the call of such options',
      (transfer) => transfer.http.end(),
      expect.objectContaining({ code: 'CALL_FAILED' }),
    ],
  ])('%s', async (_, transfers, told) => {
    await using host = await openWireHost();
    using runner = await greet(host);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const options: AnsweredCall = { [follower]: undefined, startedAt: 0, answered: resolve, failed: resolve };
    expect((await host.session).api(vault).echo('question', options)).toBe(answeredLater);
    const { value: asked } = await runner.attach.heard('call');
    runner.attach.say({
      $case: 'answer',
      value: { id: asked.id, result: { $case: 'transferred', value: {} } },
    });
    transfers(runner.transfer(true, asked.id));
    expect(await promise).toEqual(told);
  });

  it('goes both ways for a call of the plugin', async () => {
    await using host = await openWireHost();
    using runner = await greet(host);
    runner.attach.say(call(1, { request: undefined, transfersRequest: true }));
    const transfer = runner.transfer(false, 1);
    transfer.send(batch({ $case: 'value', value: payload }, end));
    expect(await runner.attach.heard('answer')).toMatchObject({
      value: { id: 1, result: { $case: 'transferred' } },
    });
    expect(await sizesOf(transfer)).toEqual([payload.json.length, 'end']);
  });

  it('that breaks off fails its call, and no other', async () => {
    await using host = await openWireHost();
    using runner = await greet(host);
    const answered = (await host.session).api(vault).echo('question');
    const { value: asked } = await runner.attach.heard('call');
    runner.attach.say({
      $case: 'answer',
      value: { id: asked.id, result: { $case: 'transferred', value: {} } },
    });
    runner.transfer(true, asked.id).http.end();
    await expect(answered).rejects.toMatchObject({ code: 'CALL_FAILED' });
    await runner.prove();
  });

  it('that never comes leaves its call to be given up', async () => {
    await using host = await openWireHost();
    using runner = await greet(host);
    const controller = new AbortController();
    const session = await host.session;
    const answered = session.api(vault).echo('question', { signal: controller.signal });
    const { value: asked } = await runner.attach.heard('call');
    runner.attach.say({
      $case: 'answer',
      value: { id: asked.id, result: { $case: 'transferred', value: {} } },
    });
    await runner.prove();
    expect(session.callsInFlight.toPlugin).toHaveLength(1);
    controller.abort(new Error('too late'));
    await expect(answered).rejects.toMatchObject({ code: 'CALL_CANCELLED' });
    expect(session.callsInFlight.toPlugin).toEqual([]);
  });
});

describe('the trace context of a call', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

  it('travels with the call of the host', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    void (await host.session)
      .api(vault)
      .echo(1, { traceparent })
      .catch(() => undefined);
    expect(await runner.attach.heard('call')).toMatchObject({ value: { traceparent } });
  });
});
