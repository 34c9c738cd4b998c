import {
  checksumsFile,
  formatChecksums,
  parseChecksums,
  type PackageChecksums,
} from '@stellaops/plugin-abstractions/hosting';
import type { PackageContent } from './package-content.ts';
import { packageInvalid, quoted } from './package-invalid.ts';

const shownPaths = 3;

/**
 * Holds a package to its `SHA256SUMS`: the same files, the same hashes, and written in the one way, so that there is one
 * digest for one content. A package without the file passes. Throws `PACKAGE_INVALID`.
 */
export function checkChecksums({ checksums, sums }: PackageContent, source: string): void {
  if (sums === undefined) return;
  const text = decode(sums, source);
  const listed = parse(text, source);
  const problem =
    about(
      'it lacks files that SHA256SUMS lists',
      [...listed.keys()].filter((path) => !checksums.has(path)),
    ) ??
    about(
      'it has files that SHA256SUMS does not list',
      [...checksums.keys()].filter((path) => !listed.has(path)),
    ) ??
    about(
      'files differ from SHA256SUMS',
      [...checksums].filter(([path, hash]) => listed.get(path) !== hash).map(first),
    );
  if (problem !== undefined) throw packageInvalid(source, problem);
  if (text !== formatChecksums(listed)) {
    throw packageInvalid(
      source,
      'its SHA256SUMS is not written as the pack tool does: in byte order, nothing else in it',
    );
  }
}

function about(problem: string, paths: readonly string[]): string | undefined {
  if (paths.length === 0) return undefined;
  const more = paths.length > shownPaths ? ` and ${paths.length - shownPaths} more` : '';
  return `${problem}: ${paths.slice(0, shownPaths).map(quoted).join(', ')}${more}`;
}

function first([path]: readonly [string, string]): string {
  return path;
}

function decode(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw packageInvalid(source, `its ${checksumsFile} is not UTF-8`, { cause });
  }
}

function parse(text: string, source: string): PackageChecksums {
  try {
    return parseChecksums(text);
  } catch (cause) {
    const problem = cause instanceof SyntaxError ? cause.message : `its ${checksumsFile} cannot be read`;
    throw packageInvalid(source, problem, { cause });
  }
}
