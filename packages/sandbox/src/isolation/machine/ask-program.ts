import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { withDeadline } from '../deadline.ts';

/** As whom, and with what, a program is asked. */
export interface AskOptions {
  /** Default: nothing. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Default 10 s: programs that only tell something take milliseconds, and a busy machine a hundred times as long. */
  readonly timeoutMs?: number;
}

/**
 * Runs a program of the system that tells something and ends. Rejects as `execFile` does, and when it takes too long; then it is
 * killed, by the one signal that reaches a process that is stopped or wants to hear of none (signal(7)).
 */
export async function askProgram(
  file: string,
  commandLine: readonly string[],
  { timeoutMs = 10_000, env = {}, ...options }: AskOptions = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const asked = promisify(execFile)(file, commandLine, { ...options, env });
  const late = `${file} ${commandLine[0] ?? ''} did not end within ${timeoutMs / 1000} s, and was killed`;
  try {
    return await withDeadline(asked, timeoutMs, late);
  } finally {
    asked.child.kill('SIGKILL'); // nothing, where it has ended
  }
}
