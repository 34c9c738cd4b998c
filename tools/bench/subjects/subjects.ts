import { fileURLToPath } from 'node:url';
import { buildGoPlugin, goPluginMissing } from './go-plugin.ts';
import { startSubject, type Subject } from './subject.ts';

/** What is measured side by side: sandboxed plugins of this repository, and what people use instead. */
export const subjectNames = ['sandbox', 'raw', 'fork', 'worker', 'grpc', 'goPlugin'] as const;
/** One of them. */
export type SubjectName = (typeof subjectNames)[number];

/** What it is called in tables and plots. */
export const subjectTitles: Readonly<Record<SubjectName, string>> = {
  sandbox: 'sandboxed plugin',
  raw: 'raw Unix socket',
  fork: 'fork, JSON',
  worker: 'worker thread',
  grpc: 'grpc-js',
  goPlugin: 'go-plugin',
};

/** The command line of one of our own programs. */
export function programCommand(
  file: string,
  args: readonly string[] = [],
  nodeOptions: readonly string[] = [],
) {
  const path = fileURLToPath(new URL(`../programs/${file}`, import.meta.url));
  return [process.execPath, ...nodeOptions, path, ...args];
}

const programs: Readonly<Record<Exclude<SubjectName, 'goPlugin'>, string>> = {
  sandbox: 'plugin-host.ts',
  raw: 'raw-socket.ts',
  fork: 'fork.ts',
  worker: 'worker-thread.ts',
  grpc: 'grpc.ts',
};

/** Peers that cannot run on this machine, with the way to get each. */
export function missingPeers(): Readonly<Partial<Record<SubjectName, string>>> {
  const way = goPluginMissing();
  return way === undefined ? {} : { goPlugin: way };
}

/** Subjects that run, by name. Disposing ends them. */
export type RunningSubjects = AsyncDisposable & { readonly running: ReadonlyMap<SubjectName, Subject> };

/** Starts those of the named subjects that this machine can run. */
export async function startSubjects(names: readonly SubjectName[]): Promise<RunningSubjects> {
  await using stack = new AsyncDisposableStack();
  const missing = missingPeers();
  const running = new Map<SubjectName, Subject>();
  for (const name of names.filter((each) => missing[each] === undefined)) {
    const command =
      name === 'goPlugin' ? [stack.use(await buildGoPlugin()).program] : programCommand(programs[name]);
    running.set(name, stack.use(await startSubject(command)));
  }
  const held = stack.move();
  return { running, [Symbol.asyncDispose]: () => held.disposeAsync() };
}
