import { isMainThread } from 'node:worker_threads';
import { findExecutable } from '../machine/find-executable.ts';
import type { IsolationObstacle } from '../isolation.ts';
import { missingPrograms, otherArchitecture, otherPlatform, workerThread } from './prerequisites.ts';
import { buildSeccompFilter } from '../seccomp/filter.ts';

/** Where to look. */
export interface ToolSearch {
  /** The Node that plugins run with. */
  readonly nodeFile: string;
  /** Folders with programs, as in `PATH`. */
  readonly searchPath: string;
}

/** The programs of the system that sandboxes are made with, and the filter for its processor. */
export interface FoundPrograms {
  readonly bubblewrapFile: string;
  readonly prlimitFile: string;
  readonly lddFile: string;
  /** Needed only where the kernel gives no user namespaces. */
  readonly setprivFile: string | undefined;
  readonly seccompFilter: Buffer;
}

/** By default plugins run with the Node of the host, and programs are looked for in `PATH` and where systems keep them. */
export function completeSearch({
  nodeFile = process.execPath,
  // Services are often started with a short `PATH`, or none.
  searchPath = `${process.env['PATH'] ?? ''}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
}: Partial<ToolSearch> = {}): ToolSearch {
  return { nodeFile, searchPath };
}

/** Looks for the programs, or says what is missing. Nothing is started yet. */
export async function findPrograms(searchPath: string): Promise<FoundPrograms | IsolationObstacle> {
  if (process.platform !== 'linux') return otherPlatform(process.platform);
  const seccompFilter = buildSeccompFilter(process.arch);
  if (seccompFilter === undefined) return otherArchitecture(process.arch);
  if (!isMainThread) return workerThread;

  const [bubblewrapFile, prlimitFile, lddFile, setprivFile] = await Promise.all(
    ['bwrap', 'prlimit', 'ldd', 'setpriv'].map((name) => findExecutable(name, searchPath)),
  );
  if (bubblewrapFile === undefined) return missingPrograms.bwrap;
  if (prlimitFile === undefined) return missingPrograms.prlimit;
  if (lddFile === undefined) return missingPrograms.ldd;
  return { bubblewrapFile, prlimitFile, lddFile, setprivFile, seccompFilter };
}
