import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { withDeadline } from '../deadline.ts';

/**
 * Reads the mark, then keeps a list of processes until its input ends, which is the end of the host, however it ends. Then it kills
 * them and their groups, and until there is none left whatever has the mark on its command line: a bubblewrap that was setting up
 * has children that nobody was told of. The bracket keeps the search from finding itself.
 */
const script = `
trap '' HUP INT QUIT TERM PIPE
read -r mark
pids=
while read -r change pid; do
  kept=
  for one in $pids; do [ "$one" = "$pid" ] || kept="$kept $one"; done
  pids=$kept
  [ "$change" = add ] && pids="$pids $pid"
done
for pid in $pids; do kill -9 "-$pid"; kill -9 "$pid"; done
quiet=0
round=0
while [ $quiet -lt 10 ] && [ $round -lt 500 ]; do
  quiet=$((quiet + 1))
  for file in $(grep -ls "[s]\${mark#s}" /proc/[0-9]*/cmdline); do
    pid=\${file#/proc/}
    kill -9 "\${pid%/cmdline}" && quiet=0
  done
  round=$((round + 1))
  sleep 0.02 || sleep 1
done
`;

/** How long it may take to read what it is told: a line takes it microseconds, and a pipe holds thousands of lines before one waits. */
const writingTimeoutMs = 5_000;

/** A small process that outlives this one by moments, and kills what it was told of, with the process groups that it leads (credentials(7)), and what is marked. */
export class ProcessGroupWatch {
  readonly #input: Socket;
  readonly #timeoutMs: number;

  private constructor(input: Socket, timeoutMs: number) {
    this.#input = input;
    this.#timeoutMs = timeoutMs;
  }

  /** `mark` begins with an s. */
  static async start(mark: string, timeoutMs = writingTimeoutMs): Promise<ProcessGroupWatch> {
    const watch = spawn('/bin/sh', ['-c', script, 'stella-process-group-watch'], {
      cwd: '/',
      detached: true,
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await once(watch, 'spawn');
    // Neither keeps the host alive.
    watch.unref();
    const input = watch.stdin as Socket; // a pipe of a child process is a socket
    input.unref();
    input.on('error', () => undefined); // who writes hears of it; when nobody listens it ends the host
    input.write(`${mark}\n`);
    return new ProcessGroupWatch(input, timeoutMs);
  }

  /** Resolves when the watch will hear of the process, whatever becomes of this one. Rejects when it does not read. */
  add(pid: number): Promise<void> {
    return this.#write(`add ${pid}\n`);
  }

  /** For a process that has ended, so that a later one with its number is left alone. */
  remove(pid: number): Promise<void> {
    return this.#write(`remove ${pid}\n`);
  }

  #write(line: string): Promise<void> {
    const written = Promise.withResolvers<void>();
    const gone = (error: Error): Error =>
      new Error(
        `the process that ends sandboxes after the host is gone (${error.message}): see what ended stella-process-group-watch, and start the host again`,
      );
    this.#input.write(line, (error) => (error ? written.reject(gone(error)) : written.resolve()));
    const silent = `the process that ends sandboxes after the host did not read within ${this.#timeoutMs / 1000} s: see what stopped stella-process-group-watch`;
    return withDeadline(written.promise, this.#timeoutMs, silent);
  }
}
