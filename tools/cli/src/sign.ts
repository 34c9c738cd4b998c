import { parseArgs } from 'node:util';
import { signPackage } from '@stellaops/plugin-sdk/packaging';
import { readSigningKey, withKeys } from './key-file.ts';
import { printRows } from './print.ts';
import { onlyDirectory, UsageError } from './usage.ts';

/** `stella-plugin sign`: signs a package that was packed before. */
export async function sign(args: readonly string[]): Promise<0> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { key: { type: 'string' } },
  });
  const directory = onlyDirectory(positionals);
  if (values.key === undefined) throw new UsageError('Name the private key with --key FILE.');
  const privateKey = await readSigningKey(values.key, directory);
  const { keyHint } = await withKeys(() => signPackage(directory, privateKey));
  printRows({ signed: `by key ${keyHint}` });
  return 0;
}
