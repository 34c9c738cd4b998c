import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  defaultSandboxLimits,
  isolationAspects,
  type SandboxLimits,
} from '@stellaops/plugin-abstractions/hosting';
import { BubblewrapIsolation } from '../../src/isolation/bubblewrap-isolation.ts';
import type { IsolatedProcess, Isolation, IsolationRequest } from '../../src/isolation/isolation.ts';
import { patience } from './patience.ts';

/** A program under isolation in place of the runner. */
export interface StandIn extends AsyncDisposable {
  readonly process: IsolatedProcess;
  /** The next thing that it reported through its socket. Rejects when it ended without. */
  report(): Promise<unknown>;
  /** The end of its life, or an error when that takes too long. */
  exit(): ReturnType<typeof waitForExit>;
  readonly directory: string;
}

export interface StandInOptions {
  /** The body of an async function with `report`, `token` and `require`. */
  readonly script: string;
  readonly isolation?: Isolation;
  readonly limits?: Partial<SandboxLimits>;
  /** Files of the package, by name; programs are those with a Buffer. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly request?: Partial<IsolationRequest>;
}

const prelude = `
const socket = require('node:net').connect(process.env.STELLA_HOST_SOCKET);
const report = (value) => new Promise((resolve) => socket.write(JSON.stringify(value) + '\\n', resolve));
const token = require('node:fs').readFileSync(0, 'utf8');
`;

const sharedIsolation = new BubblewrapIsolation();

/** Starts a stand-in and waits until it dialled the socket. */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp('/tmp/stella-stand-in-');
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o711);
  const inside = (name: string): string => join(directory, name);
  await Promise.all(['package', 'scratch', 'runtime'].map((name) => mkdir(inside(name), { mode: 0o755 })));
  for (const [name, content] of Object.entries(options.files ?? {}))
    await writeFile(inside(`package/${name}`), content, {
      mode: typeof content === 'string' ? 0o444 : 0o555,
    });
  const main = `${prelude}\n(async () => {\n${options.script}\n})().finally(() => socket.end());\n`;
  await writeFile(inside('runner.cjs'), main, { mode: 0o444 });

  const server = createServer();
  server.listen(inside('scratch/host.sock'));
  await once(server, 'listening');
  stack.defer(() => void server.close());
  const connected = once(server, 'connection', { signal: AbortSignal.timeout(50_000 * patience) });
  connected.catch(() => undefined);

  const standIn = await (options.isolation ?? sharedIsolation).launch({
    pluginId: 'acme.stand-in',
    packageDirectory: inside('package'),
    runnerFile: inside('runner.cjs'),
    socketPath: inside('scratch/host.sock'),
    scratchDirectory: inside('scratch'),
    runtimeDirectory: inside('runtime'),
    token: 'a token',
    required: isolationAspects,
    limits: { ...defaultSandboxLimits, ...options.limits },
    ...options.request,
  });
  stack.defer(() => standIn.kill());
  const output: string[] = [];
  for (const stream of [standIn.stdout, standIn.stderr])
    stream.on('data', (text) => output.push(String(text)));

  const failed = standIn.exited.then((exit): never => {
    throw new Error(`the stand-in ended: ${JSON.stringify(exit)}\n${output.join('')}`);
  });
  failed.catch(() => undefined);
  const [socket] = (await Promise.race([connected, failed])) as [Socket];
  socket.on('error', () => undefined);
  stack.defer(() => void socket.destroy());
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const held = stack.move();
  return {
    process: standIn,
    directory,
    report: async () => {
      const line = await Promise.race([lines.next(), deadline('the stand-in reported nothing')]);
      return line.done === true ? failed : JSON.parse(line.value);
    },
    exit: () => waitForExit(standIn),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

function waitForExit(standIn: IsolatedProcess): IsolatedProcess['exited'] {
  return Promise.race([standIn.exited, deadline('the stand-in did not end')]);
}

async function deadline(sentence: string): Promise<never> {
  await once(AbortSignal.timeout(50_000 * patience), 'abort');
  throw new Error(`${sentence} within ${50 * patience} s`);
}
