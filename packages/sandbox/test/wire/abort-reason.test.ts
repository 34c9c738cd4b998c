import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import { decodeReason, encodeReason } from '../../src/wire/abort-reason.ts';
import { withoutPaths } from '../../src/wire/host-texts.ts';
import { call, cancel, HostileRunner } from '../hostile-wire/hostile-runner.ts';
import { vault } from '../hostile-wire/vault.ts';
import { openWireHost } from '../hostile-wire/wire-host.ts';

const target = { pluginId: 'test.plugin', capability: 'Vault v1', method: 'hang' };
const cross = (reason: unknown, side: 'host' | 'runner'): unknown =>
  decodeReason({ id: 1, ...encodeReason(reason, side) }, target);

describe.each(['host', 'runner'] as const)('the reason of a signal that the %s aborts', (side) => {
  it('stays an error of its name and message', () => {
    const reason = Object.assign(new RangeError('enough of it'), { name: 'ShopClosed' });
    const arrived = cross(reason, side);
    expect(arrived).toBeInstanceOf(Error);
    expect(arrived).toMatchObject({ name: 'ShopClosed', message: 'enough of it' });
  });

  it.each([
    ['TimeoutError', new DOMException('too slow', 'TimeoutError'), 23],
    ['AbortError', AbortSignal.abort().reason as unknown, 20],
  ])('stays a %s of the platform', (name, reason, code) => {
    const { message } = reason as Error;
    expect(cross(reason, side)).toMatchObject({ name, message, code }); // of a DOMException
  });

  it('stays an error of the catalogue, with its details', () => {
    const arrived = cross(new PluginError('CALL_TIMED_OUT', { ...target, timeoutMs: 7 }), side);
    expect(isPluginError(arrived, 'CALL_TIMED_OUT') && arrived.details).toEqual({ ...target, timeoutMs: 7 });
  });

  it('stays a text', () => {
    expect(cross('the shop is closed', side)).toBe('the shop is closed');
  });

  it('never has a stack or a cause of the other side', () => {
    const reason = new Error('enough', { cause: new Error('a secret') });
    expect(JSON.stringify(encodeReason(reason, side))).not.toMatch(/secret|abort-reason\.test/);
  });
});

describe('a path of the host', () => {
  it.each([
    "ENOENT: no such file or directory, open '/var/lib/stella/secret.json'",
    'cannot read file:///opt/stella/config.yaml',
    String.raw`cannot read C:\stella\config.yaml`,
  ])('does not reach a plugin by a reason: %s', (text) => {
    for (const reason of [text, new Error(text)]) {
      const said = JSON.stringify(encodeReason(reason, 'host'));
      expect(said).not.toMatch(/stella/);
      expect(said).toContain('[a path of the host]');
    }
    const quoted = new PluginError(
      'CALL_CANCELLED',
      { ...target, problem: text },
      { cause: new Error(text) },
    );
    expect(JSON.stringify(encodeReason(quoted, 'host'))).not.toMatch(/secret|config/);
  });

  it.each(['https://example.com/a/b', 'yes and/or no', '1/2', 'a / b'])('is not seen in "%s"', (text) => {
    expect(withoutPaths(text)).toBe(text);
  });
});

describe('a call that is given up', () => {
  it('tells its reason to the plugin that serves it', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    const closing = new AbortController();
    const held = (await host.session).api(vault).hold(1, { signal: closing.signal });
    held.catch(() => undefined);
    await runner.attach.heard('call');
    closing.abort(Object.assign(new Error('the shop is closed'), { name: 'ShopClosed' }));
    expect(await runner.attach.heard('cancel')).toMatchObject({
      value: { reason: 'the shop is closed', errorName: 'ShopClosed' },
    });
  });

  it('tells its reason to the host service that serves it', async () => {
    await using host = await openWireHost();
    using runner = await HostileRunner.greet(host.path);
    runner.attach.say(call(1, { method: 'hang' }), call(2, { method: 'hang' }));
    runner.attach.say(cancel(1, 'too slow', { errorName: 'TimeoutError' }), cancel(2, 'enough'));
    while (host.served.aborted.length < 2) await runner.prove();
    expect(host.served.aborted).toMatchObject([{ name: 'TimeoutError', code: 23 }, 'enough']);
  });

  it('may abort a signal that somebody waits on, whatever the reason is', async () => {
    const aborted = AbortSignal.abort(cross('a text', 'runner'));
    await expect(once(process, 'never', { signal: aborted })).rejects.toMatchObject({ cause: 'a text' });
  });
});
