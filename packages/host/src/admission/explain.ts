import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { PluginCapabilities, PluginError } from '@stellaops/plugin-abstractions';
import { declaredCapabilities } from './declared-capabilities.ts';
import { examinePackage, type AdmissionOptions } from './examine-package.ts';
import { trustNobody, type TrustDecision, type TrustPolicy } from './trust-policy.ts';

/** What a package is held against. */
export interface ExplainOptions extends Pick<AdmissionOptions, 'hostVersion' | 'limits'> {
  /** Default: nobody is trusted. */
  readonly trust?: TrustPolicy;
  /** Where the copy lies that is looked at. Default: the temporary directory of the system. */
  readonly storeDirectory?: string;
}

/** Whether a package would be admitted, and why or why not, as plain data. */
export interface Explanation {
  readonly directory: string;
  readonly admissible: boolean;
  readonly pluginId?: string;
  readonly version?: string;
  /** SHA-256, hex, of its `SHA256SUMS`. */
  readonly digest?: string;
  readonly trustLevel?: TrustDecision['trustLevel'];
  /** Why that level. */
  readonly reason?: string;
  /** What it says it can do, and what it would ask of the host. */
  readonly capabilities?: PluginCapabilities;
  /** Why not: code, sentence, details. */
  readonly error?: ReturnType<PluginError['toJSON']>;
}

/** Says what admission would answer. Runs no code of the package, leaves nothing behind, and never rejects. */
export async function explainPackage(path: string, options: ExplainOptions): Promise<Explanation> {
  const directory = resolve(path);
  const { admissible, refused } = await examinePackage(
    directory,
    { storeDirectory: tmpdir(), trust: trustNobody, ...options },
    () => Promise.resolve(),
  );
  const { manifest, digest } = admissible ?? refused;
  return {
    directory,
    admissible: refused === undefined,
    ...(manifest && { pluginId: manifest.id, version: manifest.version }),
    ...(digest !== undefined && { digest }),
    ...admissible?.decision,
    ...(manifest && { capabilities: declaredCapabilities(manifest) }),
    ...(refused && { error: refused.error.toJSON() }),
  };
}
