import { posix } from 'node:path';
import { PluginError } from '@stellaops/plugin-abstractions';
import type { PackageChecksums, PluginManifest } from '@stellaops/plugin-abstractions/hosting';
import { satisfies, validRange } from 'semver';

/** Checks that the ranges of `engines` are ranges. Throws `MANIFEST_INVALID`. */
export function checkRanges({ engines = {} }: PluginManifest, source: string): void {
  for (const engine of ['host', 'node'] as const) {
    const range = engines[engine];
    if (range === undefined || validRange(range) !== null) continue;
    const problem = `/engines/${engine} must be a range of versions, such as ">=1.2.0 <2"`;
    throw new PluginError('MANIFEST_INVALID', { source, problem });
  }
}

/**
 * Checks that a plugin runs on this host and on this Node.js. A pre-release stands where SemVer orders it: 1.2.0-beta.1 fits
 * `>=1.1.0`, and not `>=1.2.0`. Throws `INCOMPATIBLE`.
 */
export function checkEngines({ id, engines = {} }: PluginManifest, hostVersion: string): void {
  for (const [engine, actual] of [
    ['host', hostVersion],
    ['node', process.versions.node],
  ] as const) {
    const range = engines[engine];
    if (range === undefined || satisfies(actual, range, { includePrerelease: true })) continue;
    throw new PluginError('INCOMPATIBLE', { pluginId: id, engine, range, actual });
  }
}

/** Checks that the entry is a file of the package. Throws `ENTRY_INVALID`. */
export function checkEntry({ id, entry }: PluginManifest, files: PackageChecksums): void {
  const isInside = !entry.includes('\\') && !posix.isAbsolute(entry) && !entry.split('/').includes('..');
  const problem = !isInside
    ? 'it must be a path within the package, with "/" between folders'
    : files.has(posix.normalize(entry))
      ? undefined
      : 'the package has no such file';
  if (problem !== undefined) throw new PluginError('ENTRY_INVALID', { pluginId: id, entry, problem });
}
