import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** What a host believes to be recorded. */
export interface Belief {
  /** Of an event. */
  readonly id: string;
  /** Of a registration. */
  readonly version?: string;
  readonly digest?: string;
}

/** A host in a process of its own, that is started again when it was killed. */
export class LoadedHost {
  readonly hostId: string;
  readonly stateDirectory: string;
  readonly #beliefs: string;
  readonly #registry: readonly string[];
  #process: ChildProcess | undefined;

  constructor(hostId: string, folder: string, registry: readonly string[]) {
    this.hostId = hostId;
    this.stateDirectory = join(folder, hostId);
    this.#beliefs = join(folder, `${hostId}.beliefs`);
    this.#registry = registry;
  }

  async start(): Promise<void> {
    await mkdir(this.stateDirectory, { recursive: true, mode: 0o711 });
    const given = [...this.#registry, this.stateDirectory, this.hostId, this.#beliefs];
    this.#process = spawn(process.execPath, [program, ...given], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** Resolves when it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const running = this.#process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill(signal);
    await ended;
  }

  /** What it wrote down; of the last line what is not whole does not count. */
  beliefs(): readonly Belief[] {
    const lines = readFileSync(this.#beliefs, 'utf8').split('\n').slice(0, -1);
    return lines.map((line): Belief => JSON.parse(line));
  }
}
