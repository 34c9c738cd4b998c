import { describe, expect, it } from '@jest/globals';
import { violationOf } from './violation.ts';
import { call, cancel, HostileRunner } from './hostile-runner.ts';
import { vault } from './vault.ts';
import { openWireHost } from './wire-host.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('a call of a hostile runner', () => {
  it.each([
    ['an id that was used', [1, 1], 'used the call id 1 after 1'],
    ['an id that counts down', [5, 4], 'used the call id 4 after 5'],
    ['the id 0', [0], 'used the call id 0 after 0'],
  ])('ends the sandbox when it has %s', async (_, ids, problem) => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.say(...ids.map((id) => call(id)));
    expect(await violationOf(host)).toContain(problem);
  });

  it('may leave ids out, as long as they count up', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.say(call(3), call(900));
    await runner.prove();
    expect(host.served.echoed).toEqual([3, 900, 1_000_001]);
  });

  it('ends the sandbox when it names a method by a novel', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.say(call(1, { method: 'x'.repeat(256) }));
    await runner.prove();
    runner.attach.say(call(2_000_000, { method: 'x'.repeat(257) }));
    expect(await violationOf(host)).toContain('by a name of more than 256 characters');
  });

  it.each<[string, Parameters<typeof call>[1], string]>([
    ['an unknown capability', { capability: 'Shell' }, 'CAPABILITY_NOT_DECLARED'],
    ['another version', { version: 2 }, 'CAPABILITY_NOT_DECLARED'],
    ['an unknown method', { method: 'open' }, 'CAPABILITY_NOT_IMPLEMENTED'],
    ['a method that every object has', { method: 'constructor' }, 'CAPABILITY_NOT_IMPLEMENTED'],
    ['the method __proto__', { method: '__proto__' }, 'CAPABILITY_NOT_IMPLEMENTED'],
    ['a stream where the contract has none', { streamsResponse: true }, 'REQUEST_INVALID'],
    ['JSON that is none', { request: { json: '{"a":', attachments: [] } }, 'REQUEST_INVALID'],
    [
      'more arrays than the limit',
      { request: { json: `[${'[],'.repeat(50_000)}[]]`, attachments: [] } },
      'REQUEST_INVALID',
    ],
    ['arrays deeper than the limit', { request: { json: nested(1001), attachments: [] } }, 'REQUEST_INVALID'],
    ['two values', { request: { json: '1 2', attachments: [] } }, 'REQUEST_INVALID'],
    ['a value that breaks the contract', { method: 'count', streamsRequest: true }, 'REQUEST_INVALID'],
    [
      'more JSON than the limit',
      { request: { json: `"${'x'.repeat(1024 * 1024)}"`, attachments: [] } },
      'MESSAGE_TOO_LARGE',
    ],
    [
      'an attachment that leads nowhere',
      { request: { json: '{}', attachments: [{ pointer: '/a/b', data: Buffer.alloc(1) }] } },
      'REQUEST_INVALID',
    ],
    [
      'an attachment into a prototype',
      { request: { json: '{}', attachments: [{ pointer: '/__proto__/polluted', data: Buffer.alloc(1) }] } },
      'REQUEST_INVALID',
    ],
    [
      'an attachment where a value is',
      { request: { json: '{"a":1}', attachments: [{ pointer: '/a', data: Buffer.alloc(1) }] } },
      'REQUEST_INVALID',
    ],
    [
      'two attachments for one place',
      {
        request: {
          json: '{"a":null}',
          attachments: [
            { pointer: '/a', data: Buffer.alloc(1) },
            { pointer: '/a', data: Buffer.alloc(1) },
          ],
        },
      },
      'REQUEST_INVALID',
    ],
    [
      'places longer than its JSON may be',
      { request: { json: 'null', attachments: [{ pointer: '/0'.repeat(600_000), data: Buffer.alloc(1) }] } },
      'MESSAGE_TOO_LARGE',
    ],
  ])('fails alone when it has %s', async (_, differing, code) => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.say(call(1, differing));
    expect(await runner.attach.heard('answer')).toMatchObject({
      value: { id: 1, result: { $case: 'failure', value: { code, stack: '' } } },
    });
    await runner.prove();
    expect(host.served.echoed).toEqual([1_000_001]);
  });

  it.each([
    ['a thousand nested brackets', nested(1000)],
    ['a number beyond every number', '1e999999'],
    [
      'a prototype for a key',
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    ],
    ['half of a surrogate pair', String.raw`"\ud800"`],
  ])('hands over %s as a value like another', async (_, json) => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.say(call(1, { request: { json, attachments: [] } }));
    const { value } = await runner.attach.heard('answer');
    expect(value.id).toBe(1);
    expect(host.served.echoed).toHaveLength(1);
    expect('polluted' in {}).toBe(false);
    await runner.prove();
  });

  it('is refused beyond the calls that may be in flight, and those in flight go on', async () => {
    await using host = await openWireHost({ limits: { maxCallsInFlight: 3 } });
    using runner = await HostileRunner.greet(host.path);
    for (let id = 1; id <= 4; id++) runner.attach.say(call(id, { method: 'hang' }));
    expect(await runner.attach.heard('answer')).toMatchObject({
      value: { id: 4, result: { value: { code: 'CALL_REFUSED' } } },
    });
    runner.attach.say(cancel(2, 'enough'));
    while (host.served.aborted.length === 0) await new Promise(setImmediate);
    await runner.prove();

    await using generous = await openWireHost();
    using other = await HostileRunner.greet(generous.path);
    for (let id = 1; id <= 4; id++) other.attach.say(call(id, { method: 'hang' }));
    await other.prove();
  });

  it('may name a deadline beyond every timer, and is not ended by it', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.say(call(1, { method: 'hang', timeoutMs: 4_294_967_295 }));
    runner.attach.say(call(2, { method: 'hang', timeoutMs: 1 }));
    while (host.served.aborted.length === 0) await runner.prove();
    expect(host.served.aborted).toMatchObject([{ name: 'TimeoutError' }]);
  });

  it('keeps no more of the reason it is cancelled for than a line', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.say(call(1, { method: 'hang' }));
    runner.attach.say(cancel(1, `\u001b[2J${'x'.repeat(1_000_000)}`));
    while (host.served.aborted.length === 0) await runner.prove();
    expect(host.served.aborted[0]).toMatch(/^\\u001b\[2Jx{1000,1024}$/);
  });
});

describe('answers of a hostile runner', () => {
  it('are dropped when nobody waits: never asked, twice, late, or to a step that was not asked', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const { attach } = runner;
    const answer = (id: number, json: string) =>
      ({
        $case: 'answer',
        value: { id, result: { $case: 'response', value: { json, attachments: [] } } },
      }) as const;
    const session = await host.session;
    const api = session.api(vault);

    attach.say(answer(77, '1'), { $case: 'controlDone', value: { id: 77, failure: undefined } });
    attach.say(cancel(77, ''));
    const first = api.echo('question');
    const { value: asked } = await attach.heard('call');
    attach.say(answer(asked.id, '"one"'), answer(asked.id, '"two"'));
    expect(await first).toBe('one');

    const controller = new AbortController();
    const second = api.echo('question', { signal: controller.signal });
    const { value: given } = await attach.heard('call');
    controller.abort(new Error('no longer'));
    await expect(second).rejects.toMatchObject({ code: 'CALL_CANCELLED' });
    attach.say(answer(given.id, '"late"'));
    await runner.prove();
    expect(session.callsInFlight.toPlugin).toEqual([]);
  });

  it.each([
    ['nothing', undefined, 'RESPONSE_INVALID'],
    ['JSON that is none', { $case: 'response', value: { json: '{', attachments: [] } }, 'RESPONSE_INVALID'],
    [
      'more than the limit',
      { $case: 'response', value: { json: `"${'x'.repeat(1024 * 1024)}"`, attachments: [] } },
      'MESSAGE_TOO_LARGE',
    ],
    [
      'a failure of no catalogue',
      { $case: 'failure', value: { code: 'ROOT_GRANTED', detailsJson: '', stack: '' } },
      'CALL_FAILED',
    ],
    [
      'a failure that is for the host to say',
      {
        $case: 'failure',
        value: { code: 'SANDBOX_EXITED', detailsJson: '{"pluginId":"other","problem":"x"}', stack: '' },
      },
      'CALL_FAILED',
    ],
    [
      'a failure with details of other types',
      { $case: 'failure', value: { code: 'CALL_TIMED_OUT', detailsJson: '{"timeoutMs":"soon"}', stack: '' } },
      'CALL_FAILED',
    ],
    [
      'a failure with details that fill a message',
      {
        $case: 'failure',
        value: { code: 'CALL_FAILED', detailsJson: `{"problem":"${'x'.repeat(200_000)}"}`, stack: '' },
      },
      'CALL_FAILED',
    ],
  ] as const)('fail the one call when they have %s', async (_, result, code) => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const answered = (await host.session).api(vault).echo('question');
    const { value } = await runner.attach.heard('call');
    runner.attach.say({ $case: 'answer', value: { id: value.id, result } });
    await expect(answered).rejects.toMatchObject({ code, details: { pluginId: 'test.plugin' } });
    await runner.prove();
  });

  it('to a ping that nobody sent end the sandbox', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.say({ $case: 'pong', value: { id: 1 } });
    expect(await violationOf(host)).toContain('answered a ping that nobody sent');
  });
});
