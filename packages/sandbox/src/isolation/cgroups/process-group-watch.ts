import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';

/** Keeps a list of processes until its input ends, which is the end of the host, however it ends; then it kills them and their groups. */
const script = `
trap '' HUP INT QUIT TERM PIPE
pids=
while read -r change pid; do
  kept=
  for one in $pids; do [ "$one" = "$pid" ] || kept="$kept $one"; done
  pids=$kept
  [ "$change" = add ] && pids="$pids $pid"
done
for pid in $pids; do kill -9 "-$pid"; kill -9 "$pid"; done
`;

/** A small process that outlives this one by moments, and kills what it was told of, with the process groups that it leads (credentials(7)). */
export class ProcessGroupWatch {
  readonly #input: Socket;

  private constructor(input: Socket) {
    this.#input = input;
  }

  static async start(): Promise<ProcessGroupWatch> {
    const watch = spawn('/bin/sh', ['-c', script, 'stella-process-group-watch'], {
      cwd: '/',
      detached: true,
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await once(watch, 'spawn');
    // Neither keeps the host alive.
    watch.unref();
    const input = watch.stdin as Socket; // a pipe of a child process is a socket
    input.unref();
    return new ProcessGroupWatch(input);
  }

  /** Resolves when the watch will hear of the process, whatever becomes of this one. */
  add(pid: number): Promise<void> {
    return this.#write(`add ${pid}\n`);
  }

  /** For a process that has ended, so that a later one with its number is left alone. */
  remove(pid: number): Promise<void> {
    return this.#write(`remove ${pid}\n`);
  }

  #write(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#input.write(line, (error) => (error ? reject(error) : resolve()));
    });
  }
}
