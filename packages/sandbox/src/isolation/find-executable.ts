import { access, constants, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

/** Where system programs are, whatever PATH says: services are often started with an empty one. */
const systemFolders = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** The real path of a program, looked for in the folders of `searchPath` and then of the system. */
export async function findExecutable(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of [...searchPath.split(':').filter(isAbsolute), ...systemFolders]) {
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
