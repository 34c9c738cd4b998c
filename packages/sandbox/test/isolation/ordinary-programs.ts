import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { shareFile } from '../../src/isolation/files/readable-files.ts';
import type { HostCommand } from './lacking-machines.ts';

/** A user that nobody has, outside of the range for plugins. */
export const ordinaryUser = 60_321;

const hostOfTests = new URL('fixtures/host.ts', import.meta.url).pathname;

/** Node and a host, by default that of the tests, bundled, where any user can read them; other files beside them. */
export async function makeOrdinaryPrograms(
  program = hostOfTests,
  others: readonly string[] = [],
): Promise<AsyncDisposable & { readonly host: HostCommand }> {
  const path = await mkdtemp('/tmp/stella-ordinary-');
  await chmod(path, 0o755);
  const host = join(path, 'host.mjs');
  await build({
    entryPoints: [program],
    outfile: host,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  for (const file of others) await copyFile(file, join(path, basename(file)));
  await chmod(host, 0o644);
  const node = await shareFile(process.execPath, path);
  return { host: [node, host], [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
