import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  defaultSandboxLimits,
  isolationAspects,
  type IsolationAspect,
  type SandboxLimits,
} from '@stellaops/plugin-abstractions/hosting';
import { patience } from './patience.ts';

/** A host in a process of its own, which can be killed. */
export interface ChildHost extends AsyncDisposable {
  readonly child: ChildProcess;
  /** What the command lines of all processes of its sandbox name, and of no other. */
  readonly title: string;
  /** The next thing that it tells, once it launches. */
  next(): Promise<Readonly<Record<string, unknown>>>;
  /** The pid of its sandbox, once it runs and has printed `up`. */
  whenUp(): Promise<number>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export interface ChildHostOptions {
  /** The plugin: what it prints, the host tells as `said`. */
  readonly script: string;
  readonly limits?: Partial<SandboxLimits>;
  /** What need not be enforced. */
  readonly waived?: readonly IsolationAspect[];
  /** How the host is started, before the name of the file with the request. */
  readonly command?: readonly [file: string, ...rest: string[]];
  /** Whom the host's files belong to, when that is not root. */
  readonly owner?: number;
}

const fixture = new URL('fixtures/host.ts', import.meta.url).pathname;

/** Starts a host that launches one plugin. */
export async function startChildHost(options: ChildHostOptions): Promise<ChildHost> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp('/tmp/stella-child-host-');
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const title = basename(directory);
  await chmod(directory, 0o711);
  const inside = (name: string): string => join(directory, name);
  await Promise.all(['package', 'scratch', 'runtime'].map((name) => mkdir(inside(name), { mode: 0o755 })));
  await writeFile(inside('runner.cjs'), options.script, { mode: 0o444 });
  const request = {
    pluginId: 'acme.orphan',
    packageDirectory: inside('package'),
    runnerFile: inside('runner.cjs'),
    socketPath: inside('scratch/host.sock'),
    scratchDirectory: inside('scratch'),
    runtimeDirectory: inside('runtime'),
    token: 'a token',
    required: isolationAspects.filter((aspect) => options.waived?.includes(aspect) !== true),
    nodeArguments: [`--title=${title}`],
    limits: { ...defaultSandboxLimits, ...options.limits },
  };
  await writeFile(inside('request.json'), JSON.stringify(request), { mode: 0o444 });
  const server = createServer();
  server.listen(request.socketPath);
  await once(server, 'listening');
  stack.defer(() => void server.close());
  for (const name of ['package', 'runner.cjs', 'request.json']) await chmod(inside(name), 0o755); // whatever the umask says
  const owned = ['scratch', 'scratch/host.sock', 'runtime'];
  if (options.owner !== undefined)
    await Promise.all(owned.map((name) => chown(inside(name), options.owner!, options.owner!)));

  const [file, ...rest] = options.command ?? [process.execPath, fixture];
  const child = spawn(file, [...rest, inside('request.json')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  stack.defer(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const held = stack.move();
  const next: ChildHost['next'] = async () => {
    const late = once(AbortSignal.timeout(50_000 * patience), 'abort').then((): never => {
      throw new Error(`the host told nothing within ${50 * patience} s`);
    });
    const line = await Promise.race([lines.next(), late]);
    if (line.done === true) throw new Error('the host ended without a word');
    return JSON.parse(line.value);
  };
  return {
    child,
    title,
    next,
    whenUp: async () => {
      const told = [await next(), await next(), await next()];
      const { launching, pid, said } = Object.assign({}, ...told);
      if (launching !== true || said !== 'up')
        throw new Error(`the plugin is not up: ${JSON.stringify(told)}`);
      return Number(pid);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
