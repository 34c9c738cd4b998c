import { existsSync, readFileSync } from 'node:fs';
import { anyOtherAnswer, type HostileCase } from '../hostile-case.ts';

/** Opened for writing only, and closed. */
const openForWriting = (path: string): string =>
  `fs.closeSync(fs.openSync('${path}', 'r+')); return 'opened';`;

const unlessThere = (path: string): string | undefined =>
  existsSync(path) ? undefined : `this kernel has no ${path}`;

/** CAP_SYS_RESOURCE (capabilities(7)), which even root may lack in a container. */
const canBeRaised =
  (BigInt(`0x${/^CapBnd:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]}`) >> 24n) & 1n;

/** What steers the kernel, or tells about it, in /proc. */
export const kernelFiles: readonly HostileCase[] = [
  {
    name: 'opens the name of the program that handles crashes, which the kernel starts as root',
    attempt: openForWriting('/proc/sys/kernel/core_pattern'),
    denied: 'ENOENT',
    defences: ['masked /proc', 'no privileges'],
    heldBy: { 'no privileges': 'EACCES' },
    succeeds: 'opened',
  },
  {
    name: 'opens the trigger that restarts the machine',
    attempt: openForWriting('/proc/sysrq-trigger'),
    denied: 'EACCES',
    defences: ['masked /proc', 'no privileges'],
    // Opened, or EROFS where the mount is read-only: without privileges it does not come to that.
    succeeds: anyOtherAnswer,
    impossible: unlessThere('/proc/sysrq-trigger'),
  },
  {
    name: 'sees to it that others are killed before it when memory is short',
    attempt: `fs.writeFileSync('/proc/self/oom_score_adj', '-1000'); return 'written';`,
    denied: 'EACCES',
    defences: ['no privileges'],
    succeeds: 'written',
    impossible: canBeRaised === 0n ? 'root here may not do that itself' : undefined,
  },
  ...Object.entries({
    'addresses of the kernel': '/proc/kallsyms',
    "keys of the machine's users": '/proc/keys',
    'locks of other processes': '/proc/locks',
    'command line of the kernel': '/proc/cmdline',
    'interrupts, from which keystrokes can be told': '/proc/interrupts',
  }).map(([what, path]): HostileCase => ({
    name: `reads the ${what}`,
    attempt: `return read('${path}')`,
    denied: 'EACCES',
    defences: ['masked /proc'],
    succeeds: 'read',
    impossible: unlessThere(path),
  })),
  {
    name: 'looks for settings of the kernel',
    attempt: `return fs.readdirSync('/proc/sys').length > 0 ? 'found' : 'none'`,
    denied: 'none',
    defences: ['masked /proc'],
    succeeds: 'found',
  },
];
