import { rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createSigningKey } from '@stellaops/plugin-sdk/packaging';
import { printRows } from './print.ts';
import { UsageError } from './usage.ts';

/** `stella-plugin keygen`: makes a key pair where no file stands yet. */
export async function keygen(args: readonly string[]): Promise<0> {
  const { values } = parseArgs({
    args: [...args],
    options: { out: { type: 'string', default: 'stella-plugin.key' } },
  });
  const publicFile = `${values.out}.pub`;
  const { privateKey, publicKey } = createSigningKey();
  await writeNew(values.out, privateKey, 0o600);
  try {
    await writeNew(publicFile, publicKey, 0o644);
  } catch (error) {
    await rm(values.out);
    throw error;
  }
  printRows({
    'private key': `${values.out}  keep it secret, and out of every repository`,
    'public key': `${publicFile}  hosts trust it: trustSigners({ 'a-name': publicKey })`,
  });
  return 0;
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    const why =
      code === 'EEXIST' ? `${path} exists, and no key is overwritten` : `${path} cannot be written (${code})`;
    throw new UsageError(`${why}. Name another file with --out.`, { cause });
  }
}
