import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxedProcess } from '../../src/client/sandboxed-process.ts';
import { BubblewrapIsolation } from '../../src/isolation/bubblewrap-isolation.ts';
import { listenForRunner } from '../../src/wire/grpc-host.ts';
import { keepLog, type Written } from '../client/keep-log.ts';
import { sandboxLaunch } from '../client/sandbox-launch.ts';
import { hello } from './hostile-runner.ts';
import { message, prefix } from './raw-stream.ts';

/** A hostile program in the real sandbox, in place of the runner. */
export interface IsolatedRunner extends AsyncDisposable {
  readonly sandboxed: SandboxedProcess;
  readonly written: readonly Written[];
  readonly socketPath: string;
  /** Resolves when it has attached. */
  readonly attached: Promise<unknown>;
}

/** What a hostile program starts with: an Attach over raw HTTP/2, `say` for what it reports by the log of the plugin. */
const prelude = `
const http2 = require('node:http2'), net = require('node:net'), fs = require('node:fs');
const token = fs.readFileSync(0, 'utf8').trim();
const path = process.env.STELLA_HOST_SOCKET;
const session = http2.connect('http://localhost', { createConnection: () => net.connect(path) });
session.on('error', () => {});
const open = (method) => session.request({ ':method': 'POST', ':path': '/stellaops.plugin.v1.PluginHostService/' + method,
  'content-type': 'application/grpc+proto', te: 'trailers' }).on('error', () => {});
const attach = open('Attach');
let heard = 0;
const asked = new Promise((resolve) => attach.on('data', () => ++heard === 2 && resolve())); // the hello, then the step
const length = (n) => n < 128 ? [n] : [(n & 127) | 128, n >> 7];
const field = (number, bytes) => Buffer.concat([Buffer.from([number << 3 | 2, ...length(bytes.length)]), bytes]);
const send = (body) => { const head = Buffer.alloc(5); head.writeUInt32BE(body.length, 1); attach.write(Buffer.concat([head, body])); };
const say = (text) => send(field(1, field(6, Buffer.concat([Buffer.from([8, 2]), field(2, Buffer.from(text))]))));
const greet = (token) => send(field(1, field(1, Buffer.concat([field(1, Buffer.from(token)), Buffer.from([16, 1, 24, 1])]))));
const loaded = Buffer.from('${message({ $case: 'controlDone', value: { id: 1, failure: undefined } }).toString('base64')}', 'base64');
const tooLarge = Buffer.from('${prefix(0xffffffff).toString('base64')}', 'base64');
setInterval(() => {}, 1e6);
`;

/** Starts a program that attaches, under isolation, with the host's end of the wire; what it does then is the test's. */
export function startIsolatedRunner(script: string): Promise<IsolatedRunner> {
  return startIsolatedProgram(`${prelude}\n(async () => {${script}})();`);
}

/** Starts any program of Node in place of the runner. */
export async function startIsolatedProgram(program: string): Promise<IsolatedRunner> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp('/tmp/stella-hostile-wire-');
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o711);
  const inside = (name: string): string => join(directory, name);
  for (const name of ['package', 'scratch', 'runtime']) await mkdir(inside(name), { mode: 0o755 });
  await writeFile(inside('runner.cjs'), program, { mode: 0o444 });
  const { logger, written } = keepLog();
  const launch = sandboxLaunch(logger, {
    packageDirectory: inside('package'),
    scratchDirectory: inside('scratch'),
    runtimeDirectory: inside('runtime'),
  });
  const socketPath = inside('scratch/s');
  const listener = await listenForRunner(socketPath, launch.messageLimits);
  stack.defer(() => listener[Symbol.asyncDispose]());
  const process = await new BubblewrapIsolation().launch({
    ...launch,
    pluginId: launch.descriptor.info.id,
    runnerFile: inside('runner.cjs'),
    socketPath,
    token: hello.token,
    required: [],
  });
  const sandboxed = new SandboxedProcess(launch, { process, listener, token: hello.token });
  stack.defer(() => sandboxed[Symbol.asyncDispose]());
  const held = stack.move();
  return {
    sandboxed,
    written,
    socketPath,
    attached: listener.connected,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
