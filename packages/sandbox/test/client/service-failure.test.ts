import { describe, expect, it } from '@jest/globals';
import { PluginError, type ImplementationDirectory } from '@stellaops/plugin-abstractions';
import { call, HostileRunner } from '../hostile-wire/hostile-runner.ts';
import { serveVault } from '../hostile-wire/vault.ts';
import { openWireHost } from '../hostile-wire/wire-host.ts';

const path = '/var/lib/stella/secret.json';
const target = { pluginId: 'test.plugin', capability: 'Vault v1', method: 'echo' };
const cause = new Error(`ENOENT: open '${path}'`);

/** A vault of which one method does as it is told. */
function servicesThat(echo: () => unknown): ImplementationDirectory {
  const { services } = serveVault();
  return {
    find: (identity) => {
      const { capability, api } = services.find(identity);
      return { capability, api: { ...api, echo: () => (async () => echo())() as never } };
    },
  };
}

describe('a host service that fails', () => {
  it.each<[string, () => unknown, string]>([
    [
      'with an error of the system',
      () => {
        throw new Error(cause.message, { cause });
      },
      'CALL_FAILED',
    ],
    [
      'with an error of the framework that is not about calls',
      () => {
        throw new PluginError('STATE_DIRECTORY_INVALID', { directory: path, problem: 'it is full' });
      },
      'CALL_FAILED',
    ],
    [
      'with an error about calls that quotes another',
      () => {
        throw new PluginError('CALL_CANCELLED', { ...target, problem: cause.message }, { cause });
      },
      'CALL_CANCELLED',
    ],
    [
      'with an answer that fails to be written',
      () => ({
        toJSON: () => {
          throw cause;
        },
      }),
      'RESPONSE_INVALID',
    ],
  ])('%s tells the plugin nothing of the host, and its log everything', async (_, echo, code) => {
    await using host = await openWireHost({ services: servicesThat(echo) });
    using runner = await HostileRunner.greet(host.path);
    runner.attach.say(call(1));
    const heard = await runner.attach.heard('answer');
    expect(heard).toMatchObject({ value: { result: { $case: 'failure', value: { code, stack: '' } } } });
    expect(JSON.stringify(heard)).not.toMatch(/stella|secret|service-failure\.test|node_modules|src\//);
    expect(host.written).toMatchObject([
      { level: 'error', fields: { blame: 'host', method: 'echo' }, message: 'a host service failed' },
    ]);
    const [line] = host.written;
    const { err } = { err: new Error('nothing was logged'), ...line?.fields };
    expect(`${err.message} ${String(err.cause)}`).toContain(path);
  });

  it('on purpose, with an error about calls, tells the plugin what it says', async () => {
    const services = servicesThat(() => {
      throw new PluginError('CAPABILITY_DENIED', { ...target, problem: 'not on Sundays' });
    });
    await using host = await openWireHost({ services });
    using runner = await HostileRunner.greet(host.path);
    runner.attach.say(call(1));
    expect(JSON.stringify(await runner.attach.heard('answer'))).toContain('not on Sundays');
    expect(host.written).toEqual([]);
  });
});
