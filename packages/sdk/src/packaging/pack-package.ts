import type { KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PluginError } from '@stellaops/plugin-abstractions';
import { manifestFile, parseManifest, type PluginManifest } from '@stellaops/plugin-abstractions/hosting';
import { completeManifest } from './complete-manifest.ts';
import { signPackage } from './sign-package.ts';
import { readPrivateKey } from './signing-key.ts';
import { writeChecksums } from './write-checksums.ts';

/** How a package is packed. */
export interface PackOptions {
  /** Signs the package: a P-256 key, PEM or key object. Default: the package stays unsigned. */
  readonly privateKey?: string | KeyObject;
  /** Modules that export contracts, for the fingerprints in the manifest. The entry counts as one. */
  readonly contracts?: readonly object[];
}

/** What was packed. */
export interface PackedPackage {
  readonly manifest: PluginManifest;
  /** SHA-256, hex, of the `SHA256SUMS`. */
  readonly digest: string;
  /** The hint by which hosts know the key; missing without a signature. */
  readonly keyHint?: string;
}

/**
 * Makes a built package directory ready for a host, in place: completes its `plugin.json`, writes `SHA256SUMS`, signs it when
 * there is a key. Imports the entry, so run it on your own code only. Rejects with `MANIFEST_INVALID`,
 * `ENTRY_INVALID` or `PACKAGE_INVALID`, and with a `TypeError` for another kind of key.
 */
export async function packPackage(directory: string, options: PackOptions = {}): Promise<PackedPackage> {
  // Before anything is written: a package that is packed but not signed is not what was asked for.
  const key = options.privateKey === undefined ? undefined : readPrivateKey(options.privateKey);
  const manifest = await readManifest(directory);
  const entryModule = await importEntry(directory, manifest);
  const completed = completeManifest(manifest, entryModule, options.contracts);
  await writeFile(join(directory, manifestFile), `${JSON.stringify(completed, undefined, 2)}\n`);
  const packed = { manifest: completed, ...(await writeChecksums(directory)) };
  return key === undefined ? packed : { ...packed, ...(await signPackage(directory, key)) };
}

async function readManifest(directory: string): Promise<PluginManifest> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(join(directory, manifestFile), 'utf8'));
  } catch (cause) {
    throw new PluginError('MANIFEST_INVALID', { source: directory, problem: messageOf(cause) }, { cause });
  }
  return parseManifest(json, directory);
}

async function importEntry(directory: string, { id, entry }: PluginManifest): Promise<unknown> {
  try {
    return await import(pathToFileURL(join(resolve(directory), entry)).href);
  } catch (cause) {
    const problem = `importing it failed with: ${messageOf(cause)}`;
    throw new PluginError('ENTRY_INVALID', { pluginId: id, entry, problem }, { cause });
  }
}

function messageOf(error: unknown): string {
  return String(Object(error).message ?? error);
}
