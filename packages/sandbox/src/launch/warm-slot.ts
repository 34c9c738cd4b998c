import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withDeadline } from '../isolation/deadline.ts';
import type { Isolation } from '../isolation/isolation.ts';
import { startSandbox, type SandboxStart, type StartedSandbox } from './start-sandbox.ts';

/** How long a runner may take to dial: a tenth of a second, and a hundred times as long on a machine that is starved. */
const dialTimeoutMs = 30_000;

/** The cancellation of a call that there is not. */
const nothing = { id: 0, reason: '', errorName: '', failure: undefined };

/** What is empty in a slot until it is used: where the runner looks for the package, and for its compiled code. */
export interface SlotFolders {
  readonly packageDirectory: string;
  readonly compiledDirectory: string;
}

/** A sandbox that was started ahead: isolated, its runner loaded, and no plugin in it. It serves one plugin, once. */
export class WarmSlot {
  readonly sandbox: StartedSandbox;
  readonly #folders: SlotFolders;
  #filled: Promise<unknown> = Promise.resolve();

  private constructor(sandbox: StartedSandbox, folders: SlotFolders) {
    this.sandbox = sandbox;
    this.#folders = folders;
  }

  /** Starts one in a directory of its own. Resolves when its runner has dialled and the kernel was asked; rejects when it ended before, or dials too late. */
  static async start(
    isolation: Isolation,
    start: SandboxStart,
    directory: string,
    timeoutMs = dialTimeoutMs,
  ): Promise<WarmSlot> {
    const place = {
      name: 'warm-slot',
      packageDirectory: join(directory, 'p'),
      compiledDirectory: join(directory, 'c'),
      scratchDirectory: join(directory, 's'),
      runtimeDirectory: join(directory, '../runtime'),
      isAhead: true,
    };
    await makeFolder(directory, 0o711);
    for (const own of [place.packageDirectory, place.compiledDirectory, place.scratchDirectory])
      await makeFolder(own, 0o755);
    const sandbox = await startSandbox(isolation, start, place);
    const early = sandbox.process.exited.then(({ code, signal }) => {
      throw new Error(`a sandbox that was started ahead ended with ${signal ?? `code ${code}`}`);
    });
    const slot = new WarmSlot(sandbox, place);
    const late = `a sandbox that was started ahead did not dial the host within ${timeoutMs / 1000} s`;
    try {
      const connection = await withDeadline(
        Promise.race([sandbox.listener.connected, early]),
        timeoutMs,
        late,
      );
      // Nothing to a runner without a plugin; but it has read a frame then, and takes the first that counts in half the time.
      connection.send({ $case: 'cancel', value: nothing });
      // Now, because later somebody waits for it.
      await sandbox.process.applyCpuLimit();
      await sandbox.process.askKernel();
      return slot;
    } catch (error) {
      await slot[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Shows inside what is put into its folders: whether compiled code is there too. */
  fill(put: (folders: SlotFolders) => Promise<boolean>): Promise<boolean> {
    const filled = put(this.#folders);
    this.#filled = Promise.allSettled([filled]);
    return filled;
  }

  /** Resolves when it has ended, and nothing is put into it any more. */
  async untilGone(): Promise<void> {
    await this.sandbox.process.exited;
    await this.#filled;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sandbox.process.kill();
    await this.sandbox.listener[Symbol.asyncDispose]();
  }
}

async function makeFolder(path: string, mode: number): Promise<void> {
  await mkdir(path);
  await chmod(path, mode); // whatever the umask says
}
