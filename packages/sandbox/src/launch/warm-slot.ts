import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withDeadline } from '../isolation/deadline.ts';
import { fillDirectory } from '../isolation/files/readable-files.ts';
import type { Isolation } from '../isolation/isolation.ts';
import { startSandbox, type SandboxStart, type StartedSandbox } from './start-sandbox.ts';

/** How long a runner may take to dial: a tenth of a second, and a hundred times as long on a machine that is starved. */
const dialTimeoutMs = 30_000;

/** A sandbox that was started ahead: isolated, its runner loaded, and no plugin in it. It serves one plugin, once. */
export class WarmSlot {
  readonly sandbox: StartedSandbox;
  readonly #packageDirectory: string;

  private constructor(sandbox: StartedSandbox, packageDirectory: string) {
    this.sandbox = sandbox;
    this.#packageDirectory = packageDirectory;
  }

  /** Starts one in a directory of its own. Resolves when its runner has dialled and the kernel was asked; rejects when it ended before, or dials too late. */
  static async start(
    isolation: Isolation,
    start: SandboxStart,
    directory: string,
    timeoutMs = dialTimeoutMs,
  ): Promise<WarmSlot> {
    const [packageDirectory, scratchDirectory, runtimeDirectory] = ['p', 's', '../runtime'].map((name) =>
      join(directory, name),
    ) as [string, string, string]; // three in, three out
    for (const [own, mode] of [
      [directory, 0o711],
      [packageDirectory, 0o755],
      [scratchDirectory, 0o755],
    ] as const) {
      await mkdir(own);
      await chmod(own, mode); // whatever the umask says
    }
    const place = { name: 'warm-slot', packageDirectory, scratchDirectory, runtimeDirectory };
    const sandbox = await startSandbox(isolation, start, place);
    const early = sandbox.process.exited.then(({ code, signal }) => {
      throw new Error(`a sandbox that was started ahead ended with ${signal ?? `code ${code}`}`);
    });
    const slot = new WarmSlot(sandbox, packageDirectory);
    const late = `a sandbox that was started ahead did not dial the host within ${timeoutMs / 1000} s`;
    try {
      await withDeadline(Promise.race([sandbox.listener.connected, early]), timeoutMs, late);
      // Now, because later somebody waits for it.
      await sandbox.process.applyCpuLimit();
      await sandbox.process.askKernel();
      return slot;
    } catch (error) {
      await slot[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Shows the package inside, where the runner looks for it. */
  async fill(packageDirectory: string): Promise<void> {
    await fillDirectory(packageDirectory, this.#packageDirectory);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sandbox.process.kill();
    await this.sandbox.listener[Symbol.asyncDispose]();
  }
}
