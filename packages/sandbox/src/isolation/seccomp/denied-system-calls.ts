/** Numbers on x86-64 and on aarch64; `undefined` where the architecture has no such call. */
type SystemCallNumbers = readonly [x64: number | undefined, arm64: number | undefined];

/** System calls that a plugin does not get, whatever their arguments. */
export interface DeniedSystemCalls {
  readonly reason: string;
  /** `ENOSYS` where a runtime then takes another way; `EPERM` everywhere else. */
  readonly error: 'EPERM' | 'ENOSYS';
  readonly calls: Readonly<Record<string, SystemCallNumbers>>;
}

/**
 * The list, with its reasons. Numbers are those of `arch/x86/entry/syscalls/syscall_64.tbl` and
 * `scripts/syscall.tbl` of Linux 6.18.
 */
export const deniedSystemCalls: readonly DeniedSystemCalls[] = [
  {
    reason: 'Its flags are behind a pointer, where a filter cannot read them. Runtimes fall back to clone',
    error: 'ENOSYS',
    calls: { clone3: [435, 435] },
  },
  {
    reason: 'Does the work of other calls out of sight of the filter. Runtimes fall back to epoll',
    error: 'ENOSYS',
    calls: { io_uring_setup: [425, 425], io_uring_enter: [426, 426], io_uring_register: [427, 427] },
  },
  {
    reason: 'Rearranges the file system, or tells how the host arranged it',
    error: 'EPERM',
    calls: {
      mount: [165, 40],
      umount2: [166, 39],
      pivot_root: [155, 41],
      chroot: [161, 51],
      open_tree: [428, 428],
      move_mount: [429, 429],
      fsopen: [430, 430],
      fsconfig: [431, 431],
      fsmount: [432, 432],
      fspick: [433, 433],
      mount_setattr: [442, 442],
      statmount: [457, 457],
      listmount: [458, 458],
      open_tree_attr: [467, 467],
    },
  },
  {
    reason: 'Makes or enters namespaces: most escapes from containers begin with a new user namespace',
    error: 'EPERM',
    calls: { setns: [308, 268], unshare: [272, 97] },
  },
  {
    reason: 'Reads, steers or takes descriptors from other processes, the first one of the sandbox included',
    error: 'EPERM',
    calls: {
      ptrace: [101, 117],
      process_vm_readv: [310, 270],
      process_vm_writev: [311, 271],
      process_madvise: [440, 440],
      process_mrelease: [448, 448],
      pidfd_getfd: [438, 438],
      kcmp: [312, 272],
    },
  },
  {
    reason: 'Large kernel interfaces with a long record of exploited bugs, which a plugin has no use for',
    error: 'EPERM',
    calls: { bpf: [321, 280], perf_event_open: [298, 241], userfaultfd: [323, 282] },
  },
  {
    reason: 'Key rings are not divided by namespaces: keys of the host could be found by their number',
    error: 'EPERM',
    calls: { add_key: [248, 217], request_key: [249, 218], keyctl: [250, 219] },
  },
  {
    reason: 'Loads code into the kernel, or replaces it',
    error: 'EPERM',
    calls: {
      create_module: [174, undefined],
      init_module: [175, 105],
      finit_module: [313, 273],
      delete_module: [176, 106],
      get_kernel_syms: [177, undefined],
      query_module: [178, undefined],
      kexec_load: [246, 104],
      kexec_file_load: [320, 294],
      reboot: [169, 142],
    },
  },
  {
    reason: 'Changes the clock of the machine',
    error: 'EPERM',
    calls: {
      settimeofday: [164, 170],
      clock_settime: [227, 112],
      adjtimex: [159, 171],
      clock_adjtime: [305, 266],
    },
  },
  {
    reason: 'Opens files by handle instead of by path, past every mount; or watches whole file systems',
    error: 'EPERM',
    calls: {
      name_to_handle_at: [303, 264],
      open_by_handle_at: [304, 265],
      fanotify_init: [300, 262],
      fanotify_mark: [301, 263],
    },
  },
  {
    reason: 'Places memory on nodes of the machine, which is for the host to decide',
    error: 'EPERM',
    calls: {
      mbind: [237, 235],
      set_mempolicy: [238, 237],
      get_mempolicy: [239, 236],
      migrate_pages: [256, 238],
      move_pages: [279, 239],
      set_mempolicy_home_node: [450, 450],
    },
  },
  {
    reason:
      'Administers the machine: swap, quotas, accounting, the kernel log, names, terminals, security modules',
    error: 'EPERM',
    calls: {
      swapon: [167, 224],
      swapoff: [168, 225],
      acct: [163, 89],
      quotactl: [179, 60],
      quotactl_fd: [443, 443],
      syslog: [103, 116],
      sethostname: [170, 161],
      setdomainname: [171, 162],
      vhangup: [153, 58],
      nfsservctl: [180, 42],
      lsm_set_self_attr: [460, 460],
    },
  },
  {
    reason: 'Reaches hardware or descriptor tables of the processor',
    error: 'EPERM',
    calls: { iopl: [172, undefined], ioperm: [173, undefined], modify_ldt: [154, undefined] },
  },
  {
    reason: 'Left over from old kernels, with nobody to miss it',
    error: 'EPERM',
    calls: {
      uselib: [134, undefined],
      ustat: [136, undefined],
      sysfs: [139, undefined],
      _sysctl: [156, undefined],
      lookup_dcookie: [212, 18],
    },
  },
  {
    reason: 'Memory that the kernel hides even from itself, or that tells what other processes read',
    error: 'EPERM',
    calls: { memfd_secret: [447, 447], cachestat: [451, 451] },
  },
];
