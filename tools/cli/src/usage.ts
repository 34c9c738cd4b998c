/** What the command line takes. */
export const usage = `stella-plugin keygen  [--out FILE]
stella-plugin pack    DIRECTORY [--key FILE] [--contract MODULE ...]
stella-plugin sign    DIRECTORY --key FILE
stella-plugin explain DIRECTORY [--trust NAME=FILE ...] [--json]
stella-plugin doctor  [--json]

keygen   makes a P-256 key pair: FILE (default stella-plugin.key) and FILE.pub. Overwrites nothing.
pack     makes a built package ready, in place: completes plugin.json from the code, which it imports, writes
         SHA256SUMS, and signs it when there is a key. --contract adds modules that export capabilities, for
         the fingerprints in the manifest.
sign     signs the SHA256SUMS of a packed package.
explain  says whether a host that trusts these public keys would admit the package, and why not. Runs none of its code.
doctor   says whether a host can isolate untrusted plugins on this machine, what is missing, and how to mend it. Starts one to see.

Exit code: 0 done, 1 refused, 2 wrong use.
`;

/** A command line that cannot be carried out; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The one DIRECTORY that a command is about. Throws a {@link UsageError}. */
export function onlyDirectory(positionals: readonly string[]): string {
  const [directory, ...others] = positionals;
  if (directory !== undefined && others.length === 0) return directory;
  throw new UsageError(`Name one DIRECTORY, the package; there are ${positionals.length}.`);
}
