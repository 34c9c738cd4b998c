import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Hangs every asynchronous use of a file in this process, until disposed: all threads that do it (UV_THREADPOOL_SIZE, 4 unless said
 * otherwise) open pipes that nobody writes to, which waits (fifo(7)).
 */
export async function hangFiles(): Promise<AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'stella-hang-'));
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
  const pipes = Array.from({ length: threads }, (_, index) => join(folder, String(index)));
  execFileSync('mkfifo', pipes);
  const opening = pipes.map((pipe) => open(pipe, 'r'));
  const dispose = async (): Promise<void> => {
    for (const pipe of pipes) closeSync(await openWriter(pipe));
    for (const handle of await Promise.all(opening)) await handle.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { [Symbol.asyncDispose]: dispose };
}

/** Opens the other end without a thread, when a thread has come to wait for it. */
async function openWriter(pipe: string): Promise<number> {
  for (;;) {
    try {
      return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      await new Promise(setImmediate); // nobody waits for it yet
    }
  }
}
