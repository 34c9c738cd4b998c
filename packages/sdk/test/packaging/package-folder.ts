import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PluginManifest } from '@stellaops/plugin-abstractions/hosting';

/** A manifest with nothing wrong in it. */
export const manifest: PluginManifest = {
  manifestVersion: 1,
  id: 'acme.greeter',
  name: 'Greeter',
  version: '1.0.0',
  entry: 'plugin.js',
  provides: [{ capability: 'Greeter', version: 1 }],
};

/** A package directory inside of a folder of its own; removed when disposed. */
export interface TestFolder extends AsyncDisposable {
  readonly path: string;
  readonly package: string;
}

export async function packageFolder(files: Readonly<Record<string, string>>): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), 'packaging-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, 'package', name)), { recursive: true });
    await writeFile(join(path, 'package', name), text);
  }
  return {
    path,
    package: join(path, 'package'),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
