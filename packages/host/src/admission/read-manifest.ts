import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { PluginError } from '@stellaops/plugin-abstractions';
import {
  manifestFile,
  parseManifest,
  schemaFault,
  type PluginManifest,
} from '@stellaops/plugin-abstractions/hosting';
import { parseJson } from './json-text.ts';
import { errorCode } from './package-invalid.ts';

const limitKiB = 256;

/**
 * The manifest of a package copy, checked as far as it can be without the rest of the package. `source` is how messages call
 * the package. Rejects with `MANIFEST_INVALID`.
 */
export async function readManifest(packageDirectory: string, source: string): Promise<PluginManifest> {
  const refuse = (problem: string, cause?: unknown): PluginError =>
    new PluginError('MANIFEST_INVALID', { source, problem }, { cause });
  const text = await readText(join(packageDirectory, manifestFile), refuse);
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    throw refuse(`it is not JSON (${cause instanceof Error ? cause.message : errorCode(cause)})`, cause);
  }
  const manifest = parseManifest(json, source);
  if (manifest.configSchema !== undefined) {
    const problem = schemaFault(manifest.configSchema);
    if (problem !== undefined) throw refuse(`its configSchema is no JSON schema: ${problem}`);
  }
  return manifest;
}

async function readText(
  path: string,
  refuse: (problem: string, cause?: unknown) => PluginError,
): Promise<string> {
  await using handle = await open(path).catch((error: unknown) => {
    throw refuse(errorCode(error) === 'ENOENT' ? `there is no ${manifestFile}` : 'it cannot be read', error);
  });
  const buffer = Buffer.alloc(limitKiB * 1024 + 1);
  // The copy is a regular file that nobody writes to, so that one read gives all of it.
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
  if (bytesRead === buffer.length) throw refuse(`it is larger than ${limitKiB} KiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead));
  } catch (cause) {
    throw refuse('it is not UTF-8', cause);
  }
}
