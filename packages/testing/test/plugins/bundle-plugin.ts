import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The source of a plugin of these tests as one self-contained module, as an author's build makes it. */
export async function bundlePlugin(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('');
}
