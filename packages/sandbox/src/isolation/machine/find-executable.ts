import { access, constants, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

/** The real path of a program that is in one of the folders of `searchPath`, a list as in `PATH`. */
export async function findExecutable(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(':').filter(isAbsolute)) {
    const file = join(folder, name);
    if (await isExecutableFile(file)) return realpath(file);
  }
  return undefined;
}

async function isExecutableFile(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
