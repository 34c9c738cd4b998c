import { deniedSystemCalls } from '../../../src/isolation/seccomp/denied-system-calls.ts';
import type { DefenceName } from '../defences.ts';
import { anyError, anyOtherAnswer, type HostileCase } from '../hostile-case.ts';
import { call } from '../raw/numbers.ts';
import { space, text, type RawValue } from '../raw/raw-program.ts';

const [notADescriptor, notAnAddress, notAFlag] = [-1n, 1n, 0xffffn];

/**
 * Arguments with which the kernel gets past the question of privileges and then does nothing, or nothing outside of the sandbox;
 * without an entry all are 0. Seen from real root too, without harm.
 */
const harmlessArguments: Readonly<Record<string, readonly RawValue[]>> = {
  // `linux/fanotify.h`: FAN_REPORT_FID, which any user may ask for.
  fanotify_init: [0x200n],
  fanotify_mark: [notADescriptor],
  // UFFD_USER_MODE_ONLY, likewise.
  userfaultfd: [1n],
  io_uring_setup: [1n],
  io_uring_enter: [notADescriptor],
  io_uring_register: [notADescriptor],
  open_tree: [notADescriptor],
  open_by_handle_at: [notADescriptor],
  setns: [notADescriptor],
  process_madvise: [notADescriptor],
  process_mrelease: [notADescriptor],
  pidfd_getfd: [notADescriptor],
  // Without a flag that nobody knows it would unload what is loaded.
  kexec_load: [0n, 0n, 0n, notAFlag],
  kexec_file_load: [notADescriptor, notADescriptor, 0n, 0n, notAFlag],
  finit_module: [notADescriptor],
  delete_module: [notAnAddress],
  // NULL would switch accounting off.
  acct: [notAnAddress],
  chroot: [text('/tmp')],
  sethostname: [text('hostile'), 7n],
  setdomainname: [text('hostile'), 7n],
  // SYSLOG_ACTION_SIZE_BUFFER.
  syslog: [10n],
  quotactl_fd: [notADescriptor],
  cachestat: [notADescriptor],
  fsopen: [text('tmpfs')],
  fsmount: [notADescriptor],
  clock_adjtime: [0n, space(256)],
  adjtimex: [space(256)],
};

/** What the kernel itself keeps for those who have privileges, so that the filter is the second defence. */
const keptForPrivileged = new Set(
  [
    'pivot_root chroot move_mount fsopen fsmount fspick',
    'bpf init_module finit_module delete_module kexec_load kexec_file_load reboot',
    // Kept so up to Linux 6.9, whatever the arguments.
    'open_by_handle_at',
    'settimeofday swapon swapoff acct syslog sethostname setdomainname vhangup',
  ].flatMap((names) => names.split(' ')),
);

/** Every call of the list, generated from it. */
export const everyDeniedCall: readonly HostileCase[] = deniedSystemCalls.flatMap(({ calls, error }) =>
  Object.entries(calls)
    .filter(([, [x64, arm64]]) => (process.arch === 'arm64' ? arm64 : x64) !== undefined)
    .map(([name]) => ({
      name: `calls ${name}`,
      attempt: [call(name, ...(harmlessArguments[name] ?? []))],
      denied: error,
      defences: [
        'filter of system calls',
        ...(keptForPrivileged.has(name) ? (['no privileges'] as const) : []),
      ] satisfies readonly DefenceName[],
      heldBy: { 'no privileges': anyError },
      succeeds: anyOtherAnswer,
    })),
);
