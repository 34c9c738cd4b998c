import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProcessesNaming } from './processes.ts';

/** A program that never ends, in a folder of its own. */
export interface HangingProgram extends AsyncDisposable {
  readonly folder: string;
  readonly file: string;
  /** The processes that run it. */
  readonly processes: () => Promise<readonly number[]>;
}

/**
 * Makes a program that stops itself, so that of all signals SIGKILL alone ends it. `before`: what its shell does first. With the
 * argument `hold` it only stops.
 */
export async function makeHangingProgram(name: string, before = ':'): Promise<HangingProgram> {
  const folder = await mkdtemp('/tmp/stella-hanging-');
  await chmod(folder, 0o755);
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\n[ "$1" = hold ] || { ${before}\n}\nkill -STOP $$\n`);
  await chmod(file, 0o755); // whatever the umask says
  const processes = (): Promise<readonly number[]> => findProcessesNaming(file);
  return {
    folder,
    file,
    processes,
    [Symbol.asyncDispose]: async () => {
      for (const pid of await processes()) kill(pid);
      await rm(folder, { recursive: true });
    },
  };
}

/** Kills a process, or with a negative number a group, if it is still there. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
