import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { answerNames } from './name-server.ts';
import { buildProgram } from './raw/build-program.ts';
import { call } from './raw/numbers.ts';
import { text, type RawCall } from './raw/raw-program.ts';

/** What a hostile plugin is after: things of a host and of another plugin, each of which is really there. */
export interface Scene {
  /** Every user may enter it, so that file modes alone hide nothing. */
  readonly directory: string;
  readonly secretFile: string;
  readonly otherPackage: string;
  readonly otherSocket: string;
  readonly hostPid: number;
  readonly hostName: string;
  readonly abstractSocket: string;
  readonly tcpPort: number;
  readonly udpPort: number;
  readonly nameServerPort: number;
  /** Of shared memory, of a message queue and of a semaphore of System V, each with the same key. */
  readonly ipcKey: number;
  readonly messageQueue: string;
}

/** One message of one byte, in the `struct mq_attr` of mq_getattr(3): what a user may have of queues is little. */
const smallestQueue = Buffer.from(BigInt64Array.of(0n, 1n, 1n, 0n, 0n, 0n, 0n, 0n).buffer);

/** Sets up the host's side. Disposing takes everything away again. */
export async function openScene(): Promise<AsyncDisposable & { readonly scene: Scene }> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp('/tmp/stella-hostile-');
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o755);
  const inside = (path: string): string => join(directory, path);
  for (const folder of ['state', 'other-plugin', 'commands']) await mkdir(inside(folder), { mode: 0o755 });
  for (const file of ['state/secret', 'other-plugin/plugin.js'])
    await writeFile(inside(file), 'a secret of the host', { mode: 0o644 });

  const secret = await open(inside('state/secret'));
  stack.defer(() => secret.close());
  const abstractSocket = `\0${basename(directory)}`;
  await listen(stack, { path: abstractSocket });
  await listen(stack, { path: inside('other.sock') });
  const { port: tcpPort } = (await listen(stack, { port: 0, host: '127.0.0.1' })).address() as AddressInfo;
  const udpPort = await bind(stack, (packet) => packet);
  const nameServerPort = await bind(stack, answerNames);

  const ipcKey = randomInt(1, 2 ** 31);
  const key = BigInt(ipcKey);
  const messageQueue = basename(directory);
  const create = 0o1666n; // IPC_CREAT, and for everybody
  const made = await runOutside(directory, [
    call('shmget', key, 4096n, create),
    call('msgget', key, create),
    call('semget', key, 1n, create),
    call('mq_open', text(messageQueue), 0o100n, 0o666n, smallestQueue),
  ]);
  stack.defer(async () => {
    const [memory = 0n, queue = 0n, semaphore = 0n] = made;
    await runOutside(directory, [
      call('shmctl', memory),
      call('msgctl', queue),
      call('semctl', semaphore),
      call('mq_unlink', text(messageQueue)),
    ]);
  });
  if (made.some((result) => result < 0n)) throw new Error(`the scene has no System V ipc: ${made.join(' ')}`);

  const held = stack.move();
  const files = {
    directory,
    secretFile: inside('state/secret'),
    otherPackage: inside('other-plugin'),
    otherSocket: inside('other.sock'),
  };
  const network = { abstractSocket, tcpPort, udpPort, nameServerPort };
  return {
    scene: { ...files, ...network, hostPid: process.pid, hostName: hostname(), ipcKey, messageQueue },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function listen(
  stack: AsyncDisposableStack,
  address: { readonly path: string } | { readonly port: number; readonly host: string },
): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined).resume());
  server.listen(address);
  await once(server, 'listening');
  stack.defer(() => void server.close());
  return server;
}

async function bind(stack: AsyncDisposableStack, answer: (packet: Buffer) => Buffer): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (packet, { port, address }) => socket.send(answer(packet), port, address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  stack.defer(() => void socket.close());
  return socket.address().port;
}

/** Makes calls as the host, and resolves with their results. */
async function runOutside(directory: string, calls: readonly RawCall[]): Promise<readonly bigint[]> {
  const file = join(directory, `program-${process.hrtime.bigint()}`);
  await writeFile(file, buildProgram({ calls }), { mode: 0o755 });
  const { stdout } = await promisify(execFile)(file, { encoding: 'buffer' });
  return calls.map((_, index) => stdout.readBigInt64LE(8 * index));
}
