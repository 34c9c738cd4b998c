import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { violationOf } from './violation.ts';
import { hello, HostileRunner } from './hostile-runner.ts';
import { openWireHost } from './wire-host.ts';

describe('a runner that shakes hands in its own way', () => {
  it.each([
    ['a wrong token', { token: 'a secret of this sandboy' }],
    ['a token that is longer', { token: `${hello.token}0` }],
    ['no token', { token: '' }],
  ])('is turned away with %s', async (_, differing) => {
    await using host = await openWireHost();
    using runner = HostileRunner.dial(host.path);
    runner.attach.say({ $case: 'hello', value: { ...hello, ...differing } });
    expect(await host.closed).toMatchObject({
      code: 'SANDBOX_HANDSHAKE_FAILED',
      details: { problem: 'it has the wrong token' },
    });
  });

  it('is turned away with the token of another plugin, and not with its own', async () => {
    await using first = await openWireHost({ token: 'a secret of the first' });
    await using second = await openWireHost({ token: 'a secret of the second' });
    const value = { ...hello, token: 'a secret of the first' };
    using impostor = HostileRunner.dial(second.path);
    impostor.attach.say({ $case: 'hello', value });
    expect(await second.closed).toMatchObject({ code: 'SANDBOX_HANDSHAKE_FAILED' });
    using owner = HostileRunner.dial(first.path);
    owner.attach.say({ $case: 'hello', value });
    await owner.attach.heard('hello');
    await owner.prove();
  });

  it('cannot be another plugin: who it is follows from its socket, and hello has no field for it', async () => {
    await using host = await openWireHost();
    using runner = HostileRunner.dial(host.path);
    runner.attach.say({ $case: 'hello', value: { ...hello, runner: 'plugin somebody.else' } });
    const { value } = await runner.attach.heard('hello');
    expect(JSON.parse(value.descriptorJson)).toMatchObject({ info: { id: 'test.plugin' } });
  });

  it('is ended when it says hello twice', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    await runner.prove();
    runner.attach.say({ $case: 'hello', value: hello });
    expect(await violationOf(host)).toContain('it said hello twice');
  });

  it('is ended when it speaks before hello, of what it may say after', async () => {
    const log = { $case: 'log', value: { level: 2, message: 'hi', fieldsJson: '' } } as const;
    await using strict = await openWireHost();
    using early = HostileRunner.dial(strict.path);
    early.attach.say(log, { $case: 'hello', value: hello });
    expect(await violationOf(strict)).toContain('it spoke before it said hello');
    expect(strict.written).toEqual([]);

    await using host = await openWireHost();
    using patient = HostileRunner.dial(host.path);
    patient.attach.say({ $case: 'hello', value: hello }, log);
    await patient.prove();
    expect(host.written).toHaveLength(1);
  });

  it('is nobody until it said hello, however long it is attached', async () => {
    await using host = await openWireHost();
    using runner = HostileRunner.dial(host.path);
    const session = await host.session;
    const patience = new AbortController();
    const greeted = Promise.race([session.greeted, once(patience.signal, 'abort').then(() => 'not greeted')]);
    const refused = runner.transfer(true, 1); // its refusal proves that the host went on meanwhile
    expect(await refused.ended).toMatchObject({ status: '9' });
    patience.abort();
    expect(await greeted).toBe('not greeted');
  });

  it('is refused a second Attach, and the first goes on', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const second = runner.open('Attach');
    second.say({ $case: 'hello', value: hello });
    expect(await second.ended).toEqual({ status: '6', details: 'this sandbox has its runner' });
    await runner.prove();
  });

  it('is refused a second connection by the kernel, before it can cost the host anything', async () => {
    await using host = await openWireHost();
    using first = await HostileRunner.greet(host.path);
    const [error] = (await once(connect(host.path), 'error')) as [NodeJS.ErrnoException];
    expect(['ECONNREFUSED', 'ENOENT']).toContain(error.code);
    await first.prove();
  });

  it('is refused another connection when the first has ended', async () => {
    await using host = await openWireHost();
    using first = await HostileRunner.greet(host.path);
    first.session.destroy();
    expect(await host.closed).toBeUndefined();
    const [error] = (await once(connect(host.path), 'error')) as [NodeJS.ErrnoException];
    expect(['ECONNREFUSED', 'ENOENT']).toContain(error.code);
  });
});
