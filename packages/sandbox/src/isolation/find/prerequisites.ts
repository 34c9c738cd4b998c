import type { IsolationObstacle } from '../isolation.ts';

/** What a machine for which there are no means at all is told. */
const otherWay =
  'Run the host on Linux (x86-64 or aarch64, with glibc), or sign the plugin with a key that the operator trusts.';

/** `platform`: a `process.platform` that is not Linux. */
export function otherPlatform(platform: string): IsolationObstacle {
  return { problem: `only Linux has the means, and this is ${platform}`, fix: otherWay };
}

/** `architecture`: a `process.arch` that there is no filter for. */
export function otherArchitecture(architecture: string): IsolationObstacle {
  return { problem: `there is no filter of system calls for ${architecture}`, fix: otherWay };
}

/** For a host that is not on the main thread (PR_SET_PDEATHSIG(2const)). */
export const workerThread: IsolationObstacle = {
  problem: 'the kernel ends a sandbox together with the thread that started it, and this is a worker thread',
  fix: 'Start the plugin host on the main thread.',
};

/** For a Node that is linked with musl. */
export const muslNode: IsolationObstacle = {
  problem: 'this Node is built for musl, for which the sandbox was not tried',
  fix: otherWay,
};

/** Whether a library is the dynamic linker of musl. */
export function isMusl(library: string): boolean {
  return library.includes('/ld-musl');
}

/** The programs without which there is no sandbox. */
export const missingPrograms = {
  bwrap: missing('bubblewrap', 'bubblewrap', 'bubblewrap'),
  prlimit: missing('prlimit', 'util-linux', 'util-linux'),
  ldd: missing('ldd', 'libc-bin', 'glibc-common'),
} as const;

function missing(program: string, debianPackage: string, fedoraPackage: string): IsolationObstacle {
  return {
    problem: `${program} is not installed`,
    fix: `Run 'apt-get install ${debianPackage}' (Debian, Ubuntu) or 'dnf install ${fedoraPackage}' (Fedora).`,
  };
}
