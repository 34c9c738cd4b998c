import type { IsolationObstacle } from '../isolation.ts';
import { askProgram, type AskOptions } from './ask-program.ts';

/** A bubblewrap, and those of the options we would like that it has. */
export interface BubblewrapFeatures {
  /** `--size`, since 0.7.0: bounds the space of `/tmp` by itself. Without it the memory limit does. */
  readonly hasTmpfsSize: boolean;
  /** `--disable-userns`, since 0.8.0. Without it the seccomp filter alone denies user namespaces. */
  readonly hasDisableUserns: boolean;
}

/** Options without which a sandbox would not be one. `--clearenv` and `--perms`, the youngest, came with 0.5.0. */
const requiredOptions = [
  '--unshare-user --unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try',
  '--uid --gid --hostname --die-with-parent --new-session --cap-drop --cap-add --clearenv --setenv',
  '--dir --ro-bind --proc --dev --tmpfs --perms --remount-ro --chdir --seccomp --info-fd --args',
].flatMap((options) => options.split(' '));

/** Asks a bubblewrap for its options. */
export async function detectBubblewrapFeatures(
  file: string,
  options?: Pick<AskOptions, 'timeoutMs'>,
): Promise<BubblewrapFeatures | IsolationObstacle> {
  let help: string;
  try {
    const { stdout, stderr } = await askProgram(file, ['--help'], options);
    help = stdout + stderr;
  } catch (error) {
    return {
      problem: `${file} does not run: ${error instanceof Error ? error.message.trim() : String(error)}`,
      fix: 'Install bubblewrap again from the packages of the system.',
    };
  }
  return readBubblewrapHelp(help);
}

/** Its name and version, as `bwrap --version` prints them; what says no more than that it is one where that does not end, or fails. */
export async function readBubblewrapVersion(
  file: string,
  options?: Pick<AskOptions, 'timeoutMs'>,
): Promise<string> {
  try {
    const { stdout } = await askProgram(file, ['--version'], options);
    return stdout.trim();
  } catch {
    return 'bubblewrap of unknown version';
  }
}

/** Reads what `bwrap --help` printed. */
export function readBubblewrapHelp(help: string): BubblewrapFeatures | IsolationObstacle {
  const options = new Set(help.match(/^\s*--[\w-]+/gm)?.map((option) => option.trim()));
  const missing = requiredOptions.filter((option) => !options.has(option));
  if (missing.length > 0)
    return {
      problem: `this bubblewrap is too old: it lacks ${missing.join(', ')}`,
      fix: 'Install bubblewrap 0.5.0 or later, better 0.8.0.',
    };
  return { hasTmpfsSize: options.has('--size'), hasDisableUserns: options.has('--disable-userns') };
}
