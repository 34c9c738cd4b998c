import { readFile, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { UsageError } from './usage.ts';

/** The text of a key file. Rejects with a {@link UsageError} that names the option and the file. */
export async function readKeyFile(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    const message = `The key file ${path} of ${option} cannot be read (${code}). Make one with: stella-plugin keygen`;
    throw new UsageError(message, { cause });
  }
}

/** The text of a private key that signs a package. Rejects with a {@link UsageError}, also when it would be shipped with the package. */
export async function readSigningKey(path: string, directory: string): Promise<string> {
  const key = await readKeyFile('--key', path);
  const packageDirectory = await realpath(directory).catch(() => undefined); // whoever packs it says what is wrong with it
  if (packageDirectory === undefined || !(await realpath(path)).startsWith(packageDirectory + sep))
    return key;
  throw new UsageError(
    `The private key ${path} lies in the package and would be shipped with it. Move it out of there.`,
  );
}

/** Runs what takes keys, and turns its complaint about one into a {@link UsageError}. */
export async function withKeys<Result>(use: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await use();
  } catch (cause) {
    if (cause instanceof TypeError) throw new UsageError(`${cause.message}.`, { cause });
    throw cause;
  }
}
