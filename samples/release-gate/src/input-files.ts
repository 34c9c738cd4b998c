import { readFile } from 'node:fs/promises';
import { BadInput } from './bad-input.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
  ERR_FS_FILE_TOO_LARGE: 'it is too large',
};

/** Reads a file that the user named. Rejects with {@link BadInput}. */
export async function readInput(what: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = String(Object(error).code);
    throw new BadInput(`The ${what} ${path} cannot be read: ${reasons[code] ?? code}`, { cause: error });
  }
}

/** Reads a file of rules. They are checked by the plugin that they configure. Rejects with {@link BadInput}. */
export async function readRules(path: string): Promise<unknown> {
  const text = (await readInput('rules file', path)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new BadInput(`The rules file ${path} is not valid JSON: ${problem}`, { cause: error });
  }
}
