import { webcrypto } from 'node:crypto';
import { capabilityName, PluginError } from '@stellaops/plugin-abstractions';
import { Secrets } from '@stellaops/plugin-abstractions/services';
import { implementPerPlugin, type ServiceFactory } from './service-factory.ts';
import { signingAlgorithm, type SigningAlgorithm } from './signing-algorithm.ts';

/** A secret, with the ids of the plugins for which it is: a key that signs and is never shown, or a text to hand out. */
export type OperatorSecret =
  | { readonly key: webcrypto.CryptoKey; readonly signers: readonly string[] }
  | { readonly text: string; readonly readers: readonly string[] };

interface SigningKey {
  readonly key: webcrypto.CryptoKey;
  readonly algorithm: SigningAlgorithm;
  readonly signers: readonly string[];
}

/**
 * The secrets that the operator keeps for plugins, by name. Throws a `TypeError` for a key that cannot sign by HMAC with SHA-256, ECDSA with
 * P-256, or Ed25519.
 */
export function implementSecrets(
  secrets: Readonly<Record<string, OperatorSecret>>,
): ServiceFactory<typeof Secrets.methods> {
  const keys = new Map<string, SigningKey>();
  const texts = new Map<string, Extract<OperatorSecret, { readonly text: string }>>();
  for (const [name, secret] of Object.entries(secrets)) {
    if ('key' in secret) keys.set(name, signingKey(name, secret));
    else texts.set(name, secret);
  }
  return implementPerPlugin(Secrets, ({ plugin: { id }, audit }) => ({
    sign: async ({ name, data }) => {
      const found = keys.get(name);
      if (!found?.signers.includes(id)) throw denied(id, `no key ${JSON.stringify(name)} is granted to it`);
      const copy = Uint8Array.from(data); // whatever becomes of it meanwhile
      await audit(`sign with ${name}`);
      const { key, algorithm } = found;
      const signature = new Uint8Array(await webcrypto.subtle.sign(algorithm.subtle, key, copy));
      return { signature, algorithm: algorithm.jose };
    },
    reveal: async ({ name }) => {
      const found = texts.get(name);
      if (!found?.readers.includes(id)) throw denied(id, `no text ${JSON.stringify(name)} is granted to it`);
      await audit(`reveal ${name}`);
      return { value: found.text };
    },
  }));
}

function signingKey(
  name: string,
  { key, signers }: Extract<OperatorSecret, { readonly key: webcrypto.CryptoKey }>,
): SigningKey {
  const algorithm = signingAlgorithm(key);
  if (algorithm) return { key, algorithm, signers };
  throw new TypeError(
    `The key of the secret ${name} must sign: HMAC with SHA-256, ECDSA with P-256, or Ed25519`,
  );
}

function denied(pluginId: string, problem: string): PluginError {
  return new PluginError('CAPABILITY_DENIED', { pluginId, capability: capabilityName(Secrets), problem });
}
