import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { buildProgram, type RawCall } from './raw-system-call.ts';
import { describeAsRoot, startStandIn } from './stand-in.ts';

jest.setTimeout(60_000);

/** The programs that make these calls are written for x86-64. */
const describeOnX64 = process.arch === 'x64' ? describeAsRoot : describe.skip;

const [notPermitted, notImplemented, badSystemCall] = [1, 38, 'SIGSYS'];
const newUserNamespace = 0x10000000n;
const upperHalf = 1n << 32n;

const denied: Readonly<Record<string, { readonly call: RawCall; readonly answer: number | string }>> = {
  'socket AF_INET': { call: { number: 41, arguments: [2n, 1n] }, answer: notPermitted },
  'socket AF_INET hidden by the upper half': {
    call: { number: 41, arguments: [upperHalf | 2n, 1n] },
    answer: notPermitted,
  },
  'socket AF_INET6': { call: { number: 41, arguments: [10n, 2n] }, answer: notPermitted },
  'socket AF_NETLINK': { call: { number: 41, arguments: [16n, 3n] }, answer: notPermitted },
  'socket AF_PACKET': { call: { number: 41, arguments: [17n, 3n] }, answer: notPermitted },
  'socket AF_ALG': { call: { number: 41, arguments: [38n, 5n] }, answer: notPermitted },
  'socket AF_VSOCK': { call: { number: 41, arguments: [40n, 1n] }, answer: notPermitted },
  clone3: { call: { number: 435 }, answer: notImplemented },
  io_uring_setup: { call: { number: 425, arguments: [1n] }, answer: notImplemented },
  'the call after the last one known': { call: { number: 470 }, answer: notImplemented },
  'clone CLONE_NEWUSER': { call: { number: 56, arguments: [newUserNamespace | 17n] }, answer: notPermitted },
  'unshare CLONE_NEWUSER': { call: { number: 272, arguments: [newUserNamespace] }, answer: notPermitted },
  mount: { call: { number: 165 }, answer: notPermitted },
  setns: { call: { number: 308 }, answer: notPermitted },
  'ptrace of the first process': { call: { number: 101, arguments: [16n, 1n] }, answer: notPermitted },
  process_vm_readv: { call: { number: 310, arguments: [1n] }, answer: notPermitted },
  keyctl: { call: { number: 250 }, answer: notPermitted },
  bpf: { call: { number: 321 }, answer: notPermitted },
  perf_event_open: { call: { number: 298 }, answer: notPermitted },
  userfaultfd: { call: { number: 323 }, answer: notPermitted },
  'ioctl TIOCSTI': { call: { number: 16, arguments: [0n, 0x5412n] }, answer: notPermitted },
  'ioctl TIOCSTI hidden by the upper half': {
    call: { number: 16, arguments: [0n, upperHalf | 0x5412n] },
    answer: notPermitted,
  },
  'prctl PR_SET_PDEATHSIG': { call: { number: 157, arguments: [1n] }, answer: notPermitted },
  'personality ADDR_NO_RANDOMIZE': { call: { number: 135, arguments: [0x40000n] }, answer: notPermitted },
  'getpid of i386': { call: { number: 20, abi: 'i386' }, answer: badSystemCall },
  'getpid of x32': { call: { number: 0x40000027 }, answer: badSystemCall },
};

const allowed: Readonly<
  Record<string, { readonly call: RawCall; readonly isAllowed: (answer: unknown) => boolean }>
> = {
  'socket AF_UNIX': { call: { number: 41, arguments: [1n, 1n] }, isAllowed: isDescriptor },
  'personality, asked for': {
    call: { number: 135, arguments: [0xffffffffn] },
    isAllowed: (answer) => answer === 0,
  },
};

/** An exit status that is the low byte of a small negated number. */
function isDescriptor(answer: unknown): boolean {
  return typeof answer === 'number' && answer > 200;
}

const calls = Object.entries({ ...denied, ...allowed });

describeOnX64('system calls under isolation', () => {
  it('are answered by the kernel as the filter says', async () => {
    await using standIn = await startStandIn({
      files: Object.fromEntries(calls.map(([name, { call }]) => [name, buildProgram(call)])),
      script: `const seen = {};
        for (const name of require('node:fs').readdirSync('/plugin')) {
          const { status, signal, error } = require('node:child_process').spawnSync('/plugin/' + name);
          seen[name] = error?.code ?? signal ?? status;
        }
        await report(seen);`,
    });
    const seen = (await standIn.report()) as Record<string, unknown>;
    expect(seen).toMatchObject(
      Object.fromEntries(Object.entries(denied).map(([name, { answer }]) => [name, answer])),
    );
    for (const [name, { isAllowed }] of Object.entries(allowed))
      expect([name, isAllowed(seen[name])]).toEqual([name, true]);
  });

  it.each([
    'socket AF_INET',
    'socket AF_NETLINK',
    'unshare CLONE_NEWUSER',
    'prctl PR_SET_PDEATHSIG',
    'personality ADDR_NO_RANDOMIZE',
  ])('succeed outside, so that the denial is the doing of the isolation: %s', async (name) => {
    const directory = await mkdtemp('/tmp/stella-raw-');
    try {
      const file = join(directory, 'program');
      await writeFile(file, buildProgram(denied[name]!.call), { mode: 0o755 });
      const status = await new Promise((resolve) => execFile(file, (error) => resolve(error?.code ?? 0)));
      expect(status === 0 || isDescriptor(status)).toBe(true);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
