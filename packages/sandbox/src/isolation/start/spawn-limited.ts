import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { ControlGroup } from '../cgroups/control-group.ts';
import { withDeadline } from '../deadline.ts';
import { OpenEntrances } from './enter-group.ts';
import { FirstProcess } from './first-process.ts';
import type { PluginIdentity } from '../files/plugin-identity.ts';

/** What to start, as whom, and where. */
export interface LimitedSpawn {
  /** `prlimit` and bubblewrap, with what stands on their command line. */
  readonly command: readonly [file: string, ...rest: string[]];
  /** What bubblewrap reads from `--args`. */
  readonly rest: readonly string[];
  /** The user to run as; `undefined` for that of the host. */
  readonly identity: PluginIdentity | undefined;
  /** What the process and all that it starts is limited by. */
  readonly group: ControlGroup;
  readonly seccompFilter: Buffer;
  readonly token: string;
  readonly timeoutMs: number;
}

/** How long the last words of a bubblewrap that was killed may take: they are in the pipe, unless another process holds it open. */
const lastWordsTimeoutMs = 1_000;

/** A bubblewrap in its group, and what it set up. */
export interface LimitedProcess {
  /** bubblewrap itself, which ends when the sandbox does. */
  readonly bubblewrap: ChildProcess;
  /** The first process inside. */
  readonly first: FirstProcess;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/**
 * Starts bubblewrap, which waits for the rest of its arguments until it is in its control group, so that nothing that it makes
 * is ever outside; if the host dies before, it makes nothing. Rejects with what bubblewrap said when it gives up, having killed
 * it. Call it on the main thread: the kernel ends a sandbox together with the thread that started it
 * (PR_SET_PDEATHSIG(2const)).
 */
export async function spawnLimited(options: LimitedSpawn): Promise<LimitedProcess> {
  const bubblewrap = start(options);
  // Each of the first six is a pipe, as asked for below; the types of spawn() know the first three only.
  const pipes = bubblewrap.stdio.slice(0, 6) as unknown as [
    Writable,
    Readable,
    Readable,
    Writable,
    Readable,
    Writable,
  ];
  const [stdin, stdout, stderr, seccomp, info, args] = pipes;
  // A sandbox that ends while it is written to is reported once, by its exit.
  for (const emitter of [bubblewrap, ...pipes]) emitter.on('error', () => undefined);
  // Without a listener Node throws away what is unread when a process ends.
  const keepOutput = (): void => undefined;
  for (const pipe of [stdout, stderr]) pipe.on('readable', keepOutput);

  try {
    if (bubblewrap.pid === undefined) throw (await once(bubblewrap, 'error'))[0];
    if (options.group.entrances.length === 0) await options.group.add(bubblewrap.pid);
    seccomp.end(options.seccompFilter);
    stdin.end(`${options.token}\n`);
    args.end(options.rest.map((argument) => `${argument}\0`).join(''));
    const pid = await withDeadline(
      readChildPid(info),
      options.timeoutMs,
      `bubblewrap did not report the process inside within ${options.timeoutMs / 1000} s`,
    );
    const first = await FirstProcess.find(pid);
    // In a control group it is by birth; where there is none, this is how it is found again.
    if (options.group.version === undefined) await options.group.add(pid);
    for (const pipe of [stdout, stderr]) pipe.off('readable', keepOutput);
    return { bubblewrap, first, stdout, stderr };
  } catch (error) {
    bubblewrap.kill('SIGKILL');
    await options.group.kill();
    const said = bubblewrap.pid === undefined ? '' : await readLastWords(stderr);
    // A bubblewrap that gave up by itself knows better than whoever missed its process.
    throw said === '' ? error : new Error(said, { cause: error });
  }
}

function start({ command, identity, group }: LimitedSpawn): ChildProcess {
  using entrances = new OpenEntrances(group.entrances);
  const [file, ...commandLine] = entrances.lead(command);
  return spawn(file, commandLine, {
    ...identity,
    cwd: '/',
    env: {},
    // In a session of its own, so that a key pressed at the host's terminal ends the host, and the host its sandboxes.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', ...entrances.descriptors],
  });
}

async function readChildPid(info: Readable): Promise<number> {
  const pid = /"child-pid":\s*(\d+)/.exec(await readUntil(info, '}'))?.[1];
  if (pid === undefined) throw new Error('bubblewrap ended without a word');
  return Number(pid);
}

async function readLastWords(stderr: Readable): Promise<string> {
  const late = 'another process holds the standard error of bubblewrap';
  const words = await withDeadline(readUntil(stderr), lastWordsTimeoutMs, late).catch(() => '');
  stderr.destroy();
  return words.trim();
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
