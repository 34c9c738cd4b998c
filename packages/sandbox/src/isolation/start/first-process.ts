import { findPresence, readIdentity, type ProcessIdentity } from '@stellaops/plugin-abstractions/hosting';

/** The first process of a pid namespace: when it ends, the kernel has ended all others inside (pid_namespaces(7)). */
export class FirstProcess {
  /** As the host counts. */
  readonly pid: number;
  /** `undefined` when it had ended before one could look. */
  readonly #identity: ProcessIdentity | undefined;

  private constructor(pid: number, identity: ProcessIdentity | undefined) {
    this.pid = pid;
    this.#identity = identity;
  }

  /** The process that has this pid now. */
  static async find(pid: number): Promise<FirstProcess> {
    return new FirstProcess(pid, await readIdentity(pid));
  }

  async hasEnded(): Promise<boolean> {
    return this.#identity === undefined || (await findPresence(this.#identity)) === 'gone';
  }

  /** Never kills another process that was given the same pid later. */
  async kill(): Promise<void> {
    if (await this.hasEnded()) return;
    try {
      process.kill(this.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
