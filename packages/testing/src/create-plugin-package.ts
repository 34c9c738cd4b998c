import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { manifestFile } from '@stellaops/plugin-abstractions/hosting';
import { signPackage, writeChecksums } from '@stellaops/plugin-sdk/packaging';
import { testManifest, type TestManifest } from './test-manifest.ts';

/** What a package on disk shall consist of. */
export interface PluginPackageOptions {
  /** The manifest; or the text of a `plugin.json`, for what no valid manifest would say. */
  readonly manifest?: TestManifest | string;
  /** Files beside the manifest, by path. The entry is one of them: self-contained JavaScript. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** A P-256 private key in PEM: the package gets `SHA256SUMS` and is signed. */
  readonly privateKey?: string;
  /** Where the package is put. Default: a directory of its own in the temporary directory of the system. */
  readonly directory?: string;
}

/** A package on disk. Disposing removes it. */
export interface PluginPackage extends AsyncDisposable {
  readonly directory: string;
}

/** Writes a real plugin package to disk, signed or not. Its `package.json` says that it is made of ES modules. */
export async function createPluginPackage({
  manifest = {},
  files = {},
  privateKey,
  directory,
}: PluginPackageOptions): Promise<PluginPackage> {
  const target = directory ?? (await mkdtemp(join(tmpdir(), 'stella-test-package-')));
  const manifestText =
    typeof manifest === 'string' ? manifest : JSON.stringify(testManifest(manifest), undefined, 2);
  const all = { 'package.json': '{ "type": "module" }\n', [manifestFile]: manifestText, ...files };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await writeFile(join(target, path), content);
  }
  if (privateKey !== undefined) {
    await writeChecksums(target);
    await signPackage(target, privateKey);
  }
  return { directory: target, [Symbol.asyncDispose]: () => rm(target, { recursive: true, force: true }) };
}
