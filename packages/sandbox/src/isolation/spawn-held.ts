import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { withDeadline } from './deadline.ts';
import type { PluginIdentity } from './plugin-identity.ts';

/** What to start, and as whom. */
export interface HeldSpawn {
  /** `prlimit` and what it starts, up to the program inside. */
  readonly command: readonly [file: string, ...rest: string[]];
  /** The user to run as; `undefined` for that of the host. */
  readonly identity: PluginIdentity | undefined;
  readonly seccompFilter: Buffer;
  readonly token: string;
  readonly timeoutMs: number;
}

/** A sandbox that is being set up, and whose program waits for a word. */
export interface HeldProcess {
  /** bubblewrap itself, which ends when the sandbox does. */
  readonly bubblewrap: ChildProcess;
  /** The first process inside, as the host counts. */
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Lets the program begin, and gives it the token. A host that dies before leaves a runner without one, which ends. */
  release(): void;
  /** Ends it without a release, and resolves with what bubblewrap said, most often nothing. */
  abandon(): Promise<string>;
}

/**
 * Starts bubblewrap and holds the program inside until it is released, so that it can be limited before its first instruction.
 * Rejects with what bubblewrap said when it gives up. Call it on the main thread: the kernel ends a sandbox together with the
 * thread that started it (PR_SET_PDEATHSIG(2const)).
 */
export async function spawnHeld(options: HeldSpawn): Promise<HeldProcess> {
  const [file, ...rest] = options.command;
  const bubblewrap = spawn(file, rest, {
    ...options.identity,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  // Each of the six is a pipe, as asked for just above; the types of spawn() know the first three only.
  const pipes = bubblewrap.stdio as unknown as [Writable, Readable, Readable, Writable, Readable, Writable];
  const [stdin, stdout, stderr, seccomp, info, block] = pipes;
  // A sandbox that ends while it is written to is reported once, by its exit.
  for (const pipe of pipes) pipe.on('error', () => undefined);
  seccomp.end(options.seccompFilter);
  // Without a listener Node throws away what is unread when a process ends.
  const keepOutput = (): void => undefined;
  for (const pipe of [stdout, stderr]) pipe.on('readable', keepOutput);

  try {
    const pid = await withDeadline(
      readChildPid(bubblewrap, info, stderr),
      options.timeoutMs,
      `bubblewrap did not report the process inside within ${options.timeoutMs / 1000} s`,
    );
    const release = (): void => {
      for (const pipe of [stdout, stderr]) pipe.off('readable', keepOutput);
      stdin.end(`${options.token}\n`);
      block.end('\n');
    };
    const abandon = async (): Promise<string> => {
      await killHeld(bubblewrap);
      block.destroy();
      return (await readUntil(stderr)).trim();
    };
    return { bubblewrap, pid, stdout, stderr, release, abandon };
  } catch (error) {
    // `block` must still be open here: its end would let the program begin.
    await killHeld(bubblewrap);
    block.destroy();
    throw error;
  }
}

/**
 * Ends bubblewrap and the process inside, at any point of their start. The one inside goes first: until it is released it does
 * not die with bubblewrap.
 */
export async function killHeld(bubblewrap: ChildProcess): Promise<void> {
  const { pid } = bubblewrap;
  if (pid === undefined || bubblewrap.exitCode !== null || bubblewrap.signalCode !== null) return;
  const exited = once(bubblewrap, 'exit');
  // Present with CONFIG_PROC_CHILDREN (proc_pid_task(5)).
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  for (const child of children.split(' ').map(Number).filter(Boolean)) killIfRunning(child);
  bubblewrap.kill('SIGKILL');
  await withDeadline(exited, 10_000, 'bubblewrap did not end within 10 s of being killed');
}

/** SIGKILL; a process that has ended already is no error. */
export function killIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function readChildPid(bubblewrap: ChildProcess, info: Readable, stderr: Readable): Promise<number> {
  const failedToStart = once(bubblewrap, 'error').then(([error]) => {
    throw error;
  });
  failedToStart.catch(() => undefined);
  const text = await Promise.race([readUntil(info, '}'), failedToStart]);
  const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1];
  if (pid !== undefined) return Number(pid);
  throw new Error((await readUntil(stderr)).trim() || 'bubblewrap ended without a word');
}

/** What bubblewrap writes is short; a bound keeps it so. */
async function readUntil(stream: Readable, last?: string): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.length > 65_536 || (last !== undefined && text.includes(last))) break;
  }
  return text;
}
