/** What a filter must know of a processor architecture. */
export interface SystemCallArchitecture {
  /** The column of {@link deniedSystemCalls} to read. */
  readonly column: 0 | 1;
  /** `AUDIT_ARCH_*` of `linux/audit.h`: what `seccomp_data.arch` must be. */
  readonly auditArchitecture: number;
  /** Set in the numbers of the x32 ABI, which shares `AUDIT_ARCH_X86_64` (`__X32_SYSCALL_BIT`). */
  readonly foreignAbiBit: number | undefined;
  /** The calls whose arguments decide. */
  readonly socket: number;
  readonly socketpair: number;
  readonly clone: number;
  readonly ioctl: number;
  readonly prctl: number;
  readonly personality: number;
}

/**
 * `file_setattr`, the last call of Linux 6.18 on every architecture. What later kernels add is refused
 * until someone has looked at it.
 */
export const lastKnownSystemCall = 469;

/** By `process.arch`. */
export const systemCallArchitectures: Readonly<Partial<Record<string, SystemCallArchitecture>>> = {
  x64: {
    column: 0,
    auditArchitecture: 0xc000003e,
    foreignAbiBit: 0x40000000,
    socket: 41,
    socketpair: 53,
    clone: 56,
    ioctl: 16,
    prctl: 157,
    personality: 135,
  },
  arm64: {
    column: 1,
    auditArchitecture: 0xc00000b7,
    foreignAbiBit: undefined,
    socket: 198,
    socketpair: 199,
    clone: 220,
    ioctl: 29,
    prctl: 167,
    personality: 92,
  },
};
