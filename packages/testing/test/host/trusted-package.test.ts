import { describe, expect, it } from '@jest/globals';
import { isPluginError } from '@stellaops/plugin-abstractions';
import { trustSigners } from '@stellaops/plugin-host';
import { createSigningKey } from '@stellaops/plugin-sdk/packaging';
import { greeterPackage } from './greeter-package.ts';
import { Greeter } from './plugins/greeter.ts';
import { startHost, statusOf } from './start-host.ts';

const key = createSigningKey();
const trust = trustSigners({ 'stella-release': key.publicKey });

describe('a package that is signed by a trusted key', () => {
  it('runs in process, as trusted, and says why', async () => {
    await using greeter = await greeterPackage({ privateKey: key.privateKey });
    await using host = await startHost({ trust, pluginPaths: [greeter.directory] });
    expect(await host.resolve(Greeter).greet({ name: 'Ada' })).toBe('Hello, Ada!');
    expect(await Array.fromAsync(host.resolve(Greeter).count(3))).toEqual([1, 2, 3]);
    expect(statusOf(host, 'test.greeter')).toMatchObject({
      state: 'active',
      trustLevel: 'trusted',
      trustReason: 'signed by stella-release',
      source: greeter.directory,
    });
    expect(statusOf(host, 'test.greeter')).not.toHaveProperty('processId');
  });

  it('fails a call with a code, and keeps what was thrown as the cause', async () => {
    await using greeter = await greeterPackage({ privateKey: key.privateKey });
    await using host = await startHost({ trust, pluginPaths: [greeter.directory] });
    const error: unknown = await host
      .resolve(Greeter)
      .fail({ message: 'no voice' })
      .catch((thrown: unknown) => thrown);
    expect(isPluginError(error, 'CALL_FAILED') && error.details).toEqual({
      pluginId: 'test.greeter',
      capability: 'Greeter v1',
      method: 'fail',
      problem: 'no voice',
    });
    expect(error).toHaveProperty('cause.message', 'no voice');
    expect(host.isActive('test.greeter')).toBe(true);
  });

  it('has its calls bounded by the host, or by the caller', async () => {
    await using greeter = await greeterPackage({ privateKey: key.privateKey });
    await using host = await startHost({
      trust,
      pluginPaths: [greeter.directory],
      timeouts: { callTimeoutMs: 20 },
    });
    const { hang } = host.resolve(Greeter);
    await expect(hang(null)).rejects.toMatchObject({ code: 'CALL_TIMED_OUT', details: { timeoutMs: 20 } });
    await expect(hang(null, { timeoutMs: 10 })).rejects.toMatchObject({ details: { timeoutMs: 10 } });
    const signal = AbortSignal.abort(new Error('changed my mind'));
    await expect(hang(null, { signal })).rejects.toMatchObject({
      code: 'CALL_CANCELLED',
      details: { problem: 'changed my mind' },
    });
  });

  it('takes no more calls through a handle that was resolved before the host stopped', async () => {
    await using greeter = await greeterPackage({ privateKey: key.privateKey });
    const host = await startHost({ trust, pluginPaths: [greeter.directory] });
    const api = host.resolve(Greeter);
    await host.stop();
    await expect(api.greet({ name: 'Ada' })).rejects.toMatchObject({
      code: 'PLUGIN_NOT_ACTIVE',
      message: 'Plugin test.greeter cannot take calls: its state is shutdown. host.plugins() says why.',
    });
    await expect(Array.fromAsync(api.count(3))).rejects.toMatchObject({ code: 'PLUGIN_NOT_ACTIVE' });
  });

  it('has the version of its configuration that the operator gave, checked and completed', async () => {
    await using greeter = await greeterPackage({ privateKey: key.privateKey });
    const config = { 'test.greeter': { greeting: 'Ave' } };
    await using host = await startHost({ trust, config, pluginPaths: [greeter.directory] });
    expect(await host.resolve(Greeter).greet({ name: 'Ada' })).toBe('Ave, Ada!');
  });

  it('is no longer trusted when one byte of it has changed', async () => {
    await using greeter = await greeterPackage({
      privateKey: key.privateKey,
      files: { 'words.txt': 'hello' },
    });
    await greeterPackage({ directory: greeter.directory, files: { 'words.txt': 'hallo' } });
    await using host = await startHost({ trust, pluginPaths: [greeter.directory] });
    expect(statusOf(host, 'test.greeter')).toMatchObject({
      state: 'failed',
      error: { code: 'PACKAGE_INVALID' },
    });
    expect(statusOf(host, 'test.greeter').error?.message).toContain('words.txt');
  });
});
