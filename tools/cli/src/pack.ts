import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { packPackage } from '@stellaops/plugin-sdk/packaging';
import { readSigningKey, withKeys } from './key-file.ts';
import { printRows } from './print.ts';
import { onlyDirectory, UsageError } from './usage.ts';

/** `stella-plugin pack`: makes a built package directory ready for a host, in place. */
export async function pack(args: readonly string[]): Promise<0> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { key: { type: 'string' }, contract: { type: 'string', multiple: true, default: [] } },
  });
  const directory = onlyDirectory(positionals);
  const privateKey = values.key === undefined ? undefined : await readSigningKey(values.key, directory);
  const contracts = await Promise.all(values.contract.map(importContract));
  const options = { contracts, ...(privateKey !== undefined && { privateKey }) };
  const { manifest, digest, keyHint } = await withKeys(() => packPackage(directory, options));
  printRows({
    plugin: `${manifest.id} ${manifest.version}`,
    digest,
    signed: keyHint === undefined ? 'no, so that every host runs it as untrusted' : `by key ${keyHint}`,
  });
  return 0;
}

async function importContract(path: string): Promise<object> {
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`The module ${path} of --contract cannot be imported: ${why}`, { cause });
  }
}
