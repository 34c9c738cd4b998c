import { createPublicKey, generateKeyPairSync, verify, webcrypto, createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { implementSecrets, type OperatorSecret } from '../../src/services.ts';

const { subtle } = webcrypto;
const data = new TextEncoder().encode('released: acme 1.2.3');
const hmacBytes = new Uint8Array(32).fill(7);
const hmac = () => subtle.importKey('raw', hmacBytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);

/** What a plugin gets of these secrets, and what was put into the audit trail for it. */
function secretsFor(id: string, secrets: Readonly<Record<string, OperatorSecret>>) {
  const audited: string[] = [];
  const api = implementSecrets(secrets).create({
    plugin: { id, name: id, version: '1.0.0', trustLevel: 'untrusted' },
    signal: new AbortController().signal,
    audit: async (detail) => void audited.push(detail),
  });
  return { api, audited };
}

describe('the secrets of an operator', () => {
  it('sign by HMAC for a plugin that never sees the key', async () => {
    const { api, audited } = secretsFor('test.one', {
      webhook: { key: await hmac(), signers: ['test.one'] },
    });
    const { signature, algorithm } = await api.sign({ name: 'webhook', data });
    expect(algorithm).toBe('HS256');
    expect(Buffer.from(signature).toString('hex')).toBe(
      createHmac('sha256', hmacBytes).update(data).digest('hex'),
    );
    expect(audited).toEqual(['sign with webhook']);
  });

  it.each(['ec', 'ed25519'] as const)(
    'sign by a private key (%s), so that its public key verifies it',
    async (type) => {
      const { privateKey } =
        type === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
      const parameters = type === 'ec' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'Ed25519' };
      const key = privateKey.toCryptoKey(parameters, false, ['sign']);
      const { api } = secretsFor('test.one', { release: { key, signers: ['test.one'] } });
      const { signature, algorithm } = await api.sign({ name: 'release', data });
      expect(algorithm).toBe(type === 'ec' ? 'ES256' : 'EdDSA');
      const publicKey = { key: createPublicKey(privateKey), dsaEncoding: 'ieee-p1363' } as const;
      expect(verify(type === 'ec' ? 'sha256' : undefined, data, publicKey, signature)).toBe(true);
    },
  );

  it('hand out a text to the plugins that may read it', async () => {
    const { api, audited } = secretsFor('test.one', {
      token: { text: 'tell nobody', readers: ['test.one'] },
    });
    expect(await api.reveal({ name: 'token' })).toEqual({ value: 'tell nobody' });
    expect(audited).toEqual(['reveal token']);
  });

  it('are denied to every other plugin as if they were not there', async () => {
    const secrets = {
      webhook: { key: await hmac(), signers: ['test.one'] },
      token: { text: 'tell nobody', readers: ['test.one'] },
    };
    const { api, audited } = secretsFor('test.other', secrets);
    const refusal = async (call: Promise<unknown>) => {
      const error: unknown = await call.catch((thrown: unknown) => thrown);
      return JSON.stringify(error).replaceAll(/webhook|token|missing/g, '*');
    };
    expect(await refusal(api.sign({ name: 'webhook', data }))).toBe(
      await refusal(api.sign({ name: 'missing', data })),
    );
    expect(await refusal(api.reveal({ name: 'token' }))).toBe(await refusal(api.reveal({ name: 'missing' })));
    await expect(api.reveal({ name: 'token' })).rejects.toMatchObject({
      code: 'CAPABILITY_DENIED',
      details: {
        pluginId: 'test.other',
        capability: 'Secrets v1',
        problem: 'no text "token" is granted to it',
      },
    });
    expect(audited).toEqual([]);
  });

  it('do not hand out keys, sign with texts, or know names that every object has', async () => {
    const secrets = {
      webhook: { key: await hmac(), signers: ['test.one'] },
      token: { text: 'tell nobody', readers: ['test.one'] },
    };
    const { api } = secretsFor('test.one', secrets);
    const denied = { code: 'CAPABILITY_DENIED' };
    await expect(api.reveal({ name: 'webhook' })).rejects.toMatchObject(denied);
    await expect(api.sign({ name: 'token', data })).rejects.toMatchObject(denied);
    await expect(api.reveal({ name: 'constructor' })).rejects.toMatchObject(denied);
    await expect(api.reveal({ name: '__proto__' })).rejects.toMatchObject(denied);
  });

  it('are not used when that cannot be recorded', async () => {
    const plugin = { id: 'test.one', name: 'One', version: '1.0.0', trustLevel: 'untrusted' } as const;
    const away = new Error('the registry is away');
    const api = implementSecrets({ token: { text: 'tell nobody', readers: ['test.one'] } }).create({
      plugin,
      signal: new AbortController().signal,
      audit: () => Promise.reject(away),
    });
    await expect(api.reveal({ name: 'token' })).rejects.toBe(away);
  });

  it('do not show when they are printed', async () => {
    const service = implementSecrets({ token: { text: 'tell nobody', readers: [] } });
    expect(inspect(service, { depth: Infinity, showHidden: true }) + JSON.stringify(service)).not.toContain(
      'tell nobody',
    );
  });

  it('take no key that does not sign', async () => {
    const key = await subtle.importKey('raw', hmacBytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
      'verify',
    ]);
    expect(() => implementSecrets({ webhook: { key, signers: [] } })).toThrow(
      'The key of the secret webhook must sign: HMAC with SHA-256, ECDSA with P-256, or Ed25519',
    );
  });
});
