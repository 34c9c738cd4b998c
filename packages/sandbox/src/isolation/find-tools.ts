import { isMainThread } from 'node:worker_threads';
import { detectBubblewrapFeatures } from './bubblewrap-features.ts';
import type { BubblewrapTools } from './bubblewrap-launcher.ts';
import { openControlGroups } from './cgroups/open-control-groups.ts';
import { findExecutable } from './find-executable.ts';
import type { IsolationObstacle } from './isolation.ts';
import { findMaskedProc } from './masked-proc.ts';
import { PluginIdentities } from './plugin-identity.ts';
import { readHardLimits } from './resource-limits.ts';
import { buildSeccompFilter } from './seccomp/filter.ts';
import { findSharedLibraries } from './shared-libraries.ts';

/** Where to look. */
export interface ToolSearch {
  /** The Node that plugins run with. */
  readonly nodeFile: string;
  /** Folders with programs, as in `PATH`. */
  readonly searchPath: string;
}

const otherWay =
  'Run the host on Linux (x86-64 or aarch64, with glibc), or sign the plugin with a key that the operator trusts.';

/** Looks for what bubblewrap needs, or says what is missing. Nothing is tried yet. */
export async function findTools({
  nodeFile,
  searchPath,
}: ToolSearch): Promise<BubblewrapTools | IsolationObstacle> {
  if (process.platform !== 'linux')
    return { problem: `only Linux has the means, and this is ${process.platform}`, fix: otherWay };
  const seccompFilter = buildSeccompFilter(process.arch);
  if (seccompFilter === undefined)
    return { problem: `there is no filter of system calls for ${process.arch}`, fix: otherWay };
  if (!isMainThread)
    return {
      problem:
        'the kernel ends a sandbox together with the thread that started it, and this is a worker thread',
      fix: 'Start the plugin host on the main thread.',
    };

  const [bubblewrapFile, prlimitFile, lddFile] = await Promise.all(
    ['bwrap', 'prlimit', 'ldd'].map((name) => findExecutable(name, searchPath)),
  );
  if (bubblewrapFile === undefined) return missing('bubblewrap', 'bubblewrap', 'bubblewrap');
  if (prlimitFile === undefined) return missing('prlimit', 'util-linux', 'util-linux');
  if (lddFile === undefined) return missing('ldd', 'libc-bin', 'glibc-common');

  // Before the others, because a group is divided more easily while this process is alone in it.
  const groups = await openControlGroups();
  if ('problem' in groups) return groups;
  const [features, libraries, maskedProc, hardLimits] = await Promise.all([
    detectBubblewrapFeatures(bubblewrapFile),
    findSharedLibraries(lddFile, nodeFile),
    findMaskedProc(),
    readHardLimits(),
  ]);
  if ('problem' in features) return features;
  if (libraries.some((file) => file.includes('/ld-musl')))
    return { problem: 'this Node is built for musl, for which the sandbox was not tried', fix: otherWay };
  const identities = process.getuid?.() === 0 ? new PluginIdentities() : undefined;
  const found = { bubblewrapFile, features, prlimitFile, nodeFile, libraries };
  return { ...found, maskedProc, hardLimits, seccompFilter, groups, identities };
}

function missing(program: string, debianPackage: string, fedoraPackage: string): IsolationObstacle {
  return {
    problem: `${program} is not installed`,
    fix: `Run 'apt-get install ${debianPackage}' (Debian, Ubuntu) or 'dnf install ${fedoraPackage}' (Fedora).`,
  };
}
