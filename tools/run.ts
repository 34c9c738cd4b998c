import { execFile } from 'node:child_process';

/** Runs a command quietly, in `cwd`; rejects with the command line and everything that it printed when it fails. */
export function run(command: string, args: readonly string[], cwd = process.cwd()): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${[command, ...args].join(' ')}\n${stdout}${stderr}`, { cause: error }));
    });
  });
}
