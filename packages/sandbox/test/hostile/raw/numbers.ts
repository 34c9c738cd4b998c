import { deniedSystemCalls } from '../../../src/isolation/seccomp/denied-system-calls.ts';
import type { RawCall, RawValue } from './raw-program.ts';

/** Calls that the filter lets pass, or looks into: on x86-64 and on aarch64 (`syscall_64.tbl`, `scripts/syscall.tbl`). */
const otherCalls: Readonly<Record<string, readonly [x64: number, arm64: number]>> = {
  capset: [126, 91],
  clone: [56, 220],
  fallocate: [285, 47],
  geteuid: [107, 175],
  getpid: [39, 172],
  ioctl: [16, 29],
  ioprio_set: [251, 30],
  memfd_create: [319, 279],
  mlock: [149, 228],
  mknodat: [259, 33],
  mq_open: [240, 180],
  mq_unlink: [241, 181],
  msgget: [68, 186],
  openat: [257, 56],
  personality: [135, 92],
  pidfd_open: [434, 434],
  kill: [62, 129],
  ppoll: [271, 73],
  prctl: [157, 167],
  read: [0, 63],
  setsid: [112, 157],
  semget: [64, 190],
  semctl: [66, 191],
  msgctl: [71, 187],
  shmat: [30, 196],
  shmctl: [31, 195],
  shmget: [29, 194],
  socket: [41, 198],
  socketpair: [53, 199],
  write: [1, 64],
};

const column = process.arch === 'arm64' ? 1 : 0;

/** A call by its name. Throws for one that this architecture does not have. */
export function call(name: string, ...values: readonly RawValue[]): RawCall {
  const denied = deniedSystemCalls.find(({ calls }) => name in calls)?.calls[name];
  const number = (denied ?? otherCalls[name])?.[column];
  if (number === undefined) throw new Error(`the number of ${name} is not known on ${process.arch}`);
  return { number, arguments: values };
}
