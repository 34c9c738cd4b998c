import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProveError } from '../prove-error.ts';

/** A strace(1) that is attached to processes, and to what they start. Disposing ends it. */
export interface Tracer extends Disposable {
  /** Detaches, and returns the lines that it wrote, for each thread on its own. */
  stop(): Promise<readonly (readonly string[])[]>;
}

/** Attaches from outside, with an empty folder to write to, and resolves when every process is held. Rejects with a `ProveError` when the kernel does not let it. */
export async function attachTracer(processIds: readonly number[], folder: string): Promise<Tracer> {
  const targets = processIds.flatMap((processId) => ['-p', String(processId)]);
  const strace = spawn('strace', ['-ff', '-o', join(folder, 'thread'), ...targets], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(strace, 'exit');
  let said = '';
  const attached = new Promise<void>((resolve) => {
    strace.stderr.on('data', (chunk) => {
      said += String(chunk);
      if (processIds.every((processId) => said.includes(`Process ${processId} attached`))) resolve();
    });
  });
  await Promise.race([attached, exited]);
  if (strace.exitCode !== null)
    throw new ProveError(`strace cannot attach to the plugin: ${said.trim()}. Run this as root.`);
  return {
    [Symbol.dispose]: () => void strace.kill(),
    stop: async () => {
      strace.kill('SIGINT');
      await exited;
      const files = await readdir(folder);
      const traces = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
      return traces.map((trace) => trace.trimEnd().split('\n'));
    },
  };
}
