import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ProveError } from '../prove-error.ts';
import { run } from '../../run.ts';

/** stress-ng as files of a package, and the command line that starts it there. */
export interface StressPackage {
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly command: readonly string[];
}

/**
 * Packs the machine's stress-ng with the libraries that it is linked with (ldd(1)). The dynamic loader is not packed: that of Node, which is
 * in every sandbox at its own path, starts it (ld.so(8)).
 */
export async function packStress(): Promise<StressPackage> {
  const file = (await run('sh', ['-c', 'command -v stress-ng'])).trim();
  const linked = await run('ldd', [file]);
  const libraries = [...linked.matchAll(/=> (\/\S+)/g)].map(([, path = '']) => path);
  const loader = /^\s*(\/\S+)/m.exec(linked)?.[1];
  if (loader === undefined)
    throw new ProveError(`${file} is not linked dynamically, as the one of Debian is`);
  const packed = await Promise.all(
    libraries.map(async (path) => [`lib/${basename(path)}`, await readFile(path)] as const),
  );
  return {
    files: { ...Object.fromEntries(packed), 'bin/stress-ng': await readFile(file) },
    command: [loader, '--library-path', '/plugin/lib', '/plugin/bin/stress-ng'],
  };
}
