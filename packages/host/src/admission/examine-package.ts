import { readdir } from 'node:fs/promises';
import { isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import { manifestFile, type PluginManifest } from '@stellaops/plugin-abstractions/hosting';
import { checkChecksums } from './check-checksums.ts';
import { checkEngines, checkEntry, checkRanges } from './check-compatibility.ts';
import { decideTrust } from './decide-trust.ts';
import { errorCode, packageInvalid } from './package-invalid.ts';
import { readManifest } from './read-manifest.ts';
import { stagePackage, type StagedPackage, type StageOptions } from './stage-package.ts';
import type { TrustDecision, TrustPolicy } from './trust-policy.ts';

/** What packages are held against. */
export interface AdmissionOptions extends StageOptions {
  readonly trust: TrustPolicy;
  /** The version that `engines.host` of a manifest is about. */
  readonly hostVersion: string;
}

/** A package that was refused, with what was known of it by then. */
export interface RefusedPackage {
  readonly source: string;
  /** What the package says of itself; checked against the schema, and otherwise not to be believed. */
  readonly manifest?: PluginManifest;
  /** Of what is there, whether or not it is what should be. */
  readonly digest?: string;
  readonly error: PluginError;
}

/** A package that may be admitted, and what was made of its copy. */
interface AdmissiblePackage<Kept> {
  readonly source: string;
  readonly manifest: PluginManifest;
  readonly digest: string;
  readonly decision: TrustDecision;
  readonly kept: Kept;
}

/** What admission found. */
export type Examination<Kept> =
  | { readonly admissible: AdmissiblePackage<Kept>; readonly refused?: never }
  | { readonly refused: RefusedPackage; readonly admissible?: never };

/**
 * Takes a package through manifest, digest, signature and trust, and hands the copy of an admissible one to `keep`; afterwards
 * the copy is removed, unless `keep` committed it. Runs no code of the package. Never rejects: whatever goes wrong refuses the package.
 */
export async function examinePackage<Kept>(
  source: string,
  options: AdmissionOptions,
  keep: (staged: StagedPackage) => Promise<Kept>,
): Promise<Examination<Kept>> {
  const known: { manifest?: PluginManifest; digest?: string } = {};
  try {
    // Before anything is copied: somebody may point at a folder of any size.
    if (!(await readdir(source)).includes(manifestFile)) {
      throw new PluginError('MANIFEST_INVALID', { source, problem: `there is no ${manifestFile}` });
    }
    await using staged = await stagePackage(source, options);
    const { content, digest } = staged;
    known.digest = digest;
    const manifest = await readManifest(staged.directory, source);
    known.manifest = manifest;
    checkRanges(manifest, source);
    checkChecksums(content, source);
    checkEntry(manifest, content.checksums);
    checkEngines(manifest, options.hostVersion);
    const { sums, signature } = content;
    const candidate = { source, manifest, digest, ...(sums && { sums }), ...(signature && { signature }) };
    const decision = await decideTrust(options.trust, candidate);
    return { admissible: { source, manifest, digest, decision, kept: await keep(staged) } };
  } catch (error) {
    return { refused: { source, ...known, error: asPluginError(error, source) } };
  }
}

/** The messages of system errors name folders of the host: the code alone is told, the rest stays in the cause. */
function asPluginError(error: unknown, source: string): PluginError {
  if (isPluginError(error)) return error;
  return packageInvalid(source, `it could not be read and copied (${errorCode(error)})`, { cause: error });
}
