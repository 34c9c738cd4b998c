import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';

const options = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  write: false,
  logLevel: 'silent',
} satisfies BuildOptions;

/** The source of a plugin of these tests as one self-contained module. */
export async function bundlePlugin(file: string): Promise<string> {
  const entryPoints = [fileURLToPath(new URL(file, import.meta.url))];
  const { outputFiles } = await build({ ...options, entryPoints });
  return outputFiles.map(({ text }) => text).join('');
}

/** The files of its package, as an author's build makes them: what the plugin imports when it needs it is not in the entry. */
export async function bundlePackage(file: string): Promise<Readonly<Record<string, string>>> {
  const entryPoints = [{ in: fileURLToPath(new URL(file, import.meta.url)), out: 'plugin' }];
  const { outputFiles } = await build({ ...options, entryPoints, splitting: true, outdir: 'dist' });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [`dist/${basename(path)}`, text]));
}
