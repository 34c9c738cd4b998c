import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { PluginCapabilities, PluginError } from '@stellaops/plugin-abstractions';
import { withDeadline } from '../deadline.ts';
import { declaredCapabilities } from './declared-capabilities.ts';
import { examinePackage, type AdmissionOptions, type Examination } from './examine-package.ts';
import { packageInvalid } from './package-invalid.ts';
import { trustNobody, type TrustDecision, type TrustPolicy } from './trust-policy.ts';

/** What a package is held against. */
export interface ExplainOptions extends Pick<AdmissionOptions, 'hostVersion' | 'limits'> {
  /** Default: nobody is trusted. */
  readonly trust?: TrustPolicy;
  /** Where the copy lies that is looked at. Default: the temporary directory of the system. */
  readonly storeDirectory?: string;
  /** How long it may take, in milliseconds. Default 60 s. */
  readonly timeoutMs?: number;
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
  const { timeoutMs = 60_000 } = options;
  const late = (): PluginError =>
    packageInvalid(directory, `it could not be read and checked within ${timeoutMs} ms`);
  const examination: Examination<void> = await withDeadline(
    { timeoutMs, timedOut: late, cancelled: late },
    () => examinePackage(directory, { storeDirectory: tmpdir(), trust: trustNobody, ...options }, leave),
  ).catch((error: PluginError) => ({ refused: { source: directory, error } }));
  const { admissible, refused } = examination;
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

const leave = (): Promise<void> => Promise.resolve();
