/** The file that lists what a package consists of, in the format that `sha256sum -c` reads. */
export const checksumsFile = 'SHA256SUMS';

/** The Sigstore bundle that signs {@link checksumsFile}, as `cosign sign-blob --key --bundle` makes it. */
export const signatureFile = `${checksumsFile}.sigstore.json`;

/** The manifest of a package. */
export const manifestFile = 'plugin.json';

/** SHA-256 (hex) of each file of a package, by its path with `/` between folders. */
export type PackageChecksums = ReadonlyMap<string, string>;

const line = /^(\\?)([0-9a-f]{64}) [ *](.+)$/s;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r' };
const characters = Object.fromEntries(Object.entries(escapes).map(([plain, escaped]) => [escaped, plain]));

/** The text of `SHA256SUMS`: a line a file, in byte order of the path, escaped as coreutils do (sha256sum(1)). */
export function formatChecksums(checksums: PackageChecksums): string {
  return [...checksums]
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([path, hash]) => {
      const escaped = path.replaceAll(/[\\\n\r]/g, (character) => escapes[character] ?? character);
      return `${escaped === path ? '' : '\\'}${hash}  ${escaped}\n`;
    })
    .join('');
}

/** Reads a `SHA256SUMS`. Throws a `SyntaxError` that names the line that is none. */
export function parseChecksums(text: string): PackageChecksums {
  const checksums = new Map<string, string>();
  for (const [index, entry] of text.split('\n').entries()) {
    if (entry === '') continue;
    const [, escape, hash, written] = line.exec(entry) ?? [];
    if (hash === undefined || written === undefined)
      throw new SyntaxError(`line ${index + 1} of ${checksumsFile} is no checksum`);
    const path =
      escape === '' ? written : written.replaceAll(/\\[\\nr]/g, (pair) => characters[pair] ?? pair);
    if (checksums.has(path)) throw new SyntaxError(`${checksumsFile} names ${path} twice`);
    checksums.set(path, hash);
  }
  return checksums;
}
