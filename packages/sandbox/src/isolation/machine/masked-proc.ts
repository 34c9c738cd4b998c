import { access } from 'node:fs/promises';

/** Entries of `/proc` that tell about the machine or steer it (proc(5)), and that a plugin sees empty. */
export interface MaskedProc {
  /** Covered by an empty read-only directory. */
  readonly directories: readonly string[];
  /** Covered by a device that cannot be opened. */
  readonly files: readonly string[];
}

const directories = ['sys', 'bus', 'fs', 'irq', 'acpi', 'scsi', 'tty', 'driver', 'asound'];

const files = [
  // Addresses, configuration, command line and log of the kernel: the first step of an exploit.
  'kallsyms config.gz cmdline kmsg kcore modules timer_list sched_debug latency_stats',
  // Physical memory, and what the host does with it.
  'iomem ioports kpagecount kpageflags kpagecgroup pagetypeinfo slabinfo vmallocinfo mtrr',
  // Keys of the host's users, and locks of its processes.
  'keys key-users locks',
  // Triggers, and devices of the machine. From interrupt counts key strokes of its users can be told.
  'sysrq-trigger interrupts softirqs consoles devices diskstats partitions swaps',
  // Memory of the first process inside, which waits for all others and which no other may steer.
  '1/mem 1/task/1/mem',
].flatMap((names) => names.split(' '));

/** Those entries that this kernel has: bubblewrap cannot cover what is not there. */
export async function findMaskedProc(): Promise<MaskedProc> {
  return { directories: await keepExisting(directories), files: await keepExisting(files) };
}

async function keepExisting(names: readonly string[]): Promise<readonly string[]> {
  const paths = names.map((name) => `/proc/${name}`);
  const found = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_, index) => found[index]);
}
