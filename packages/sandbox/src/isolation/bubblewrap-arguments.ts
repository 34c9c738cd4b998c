import { extname } from 'node:path';
import type { SandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import type { BubblewrapFeatures } from './bubblewrap-features.ts';
import type { MaskedProc } from './masked-proc.ts';

/** The descriptors that spawnLimited() opens beyond the standard three. */
const descriptors = { seccomp: '3', info: '4', args: '5' } as const;

/** What one sandbox is made of. All paths are of the host, and readable by the user that starts bubblewrap. */
export interface BubblewrapSandbox {
  readonly features: BubblewrapFeatures;
  readonly maskedProc: MaskedProc;
  readonly nodeFile: string;
  /** What the Node binary is linked with, bound at the same paths. */
  readonly libraries: readonly string[];
  readonly nodeArguments: readonly string[];
  readonly runnerFile: string;
  readonly packageDirectory: string;
  readonly socketPath: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: SandboxLimits;
}

/** The heap that V8 may take of the memory limit; the rest is for code, buffers, threads and temporary files. */
const heapShare = 0.6;

/** What bwrap(1) is told, in two parts: it works through both, in their order, as through a program. */
export interface BubblewrapArguments {
  /** Begins to separate, and waits for the rest. Without it there is a `--hostname` without `--unshare-uts`, and bwrap ends. */
  readonly commandLine: readonly string[];
  /** Written to `--args`, and so not seen by other users of the machine. */
  readonly rest: readonly string[];
}

/** The arguments for a sandbox. */
export function bubblewrapArguments(sandbox: BubblewrapSandbox): BubblewrapArguments {
  return {
    commandLine: [...separation(sandbox), ...program(sandbox)],
    rest: ['--unshare-uts', ...fileSystem(sandbox), ...environment(sandbox)],
  };
}

function separation({ features }: BubblewrapSandbox): readonly string[] {
  return [
    '--unshare-user --unshare-ipc --unshare-pid --unshare-net --unshare-cgroup-try',
    features.hasDisableUserns ? '--disable-userns' : '',
    '--uid 65534 --gid 65534 --hostname plugin',
    '--die-with-parent --new-session --cap-drop ALL',
  ].flatMap((options) => options.split(' ').filter(Boolean));
}

function fileSystem(sandbox: BubblewrapSandbox): readonly string[] {
  const { features, maskedProc, limits } = sandbox;
  const size = (bytes: number): readonly string[] => (features.hasTmpfsSize ? ['--size', String(bytes)] : []);
  return [
    ...sandbox.libraries.map((file) => ['--ro-bind', file, file]),
    ['--ro-bind', sandbox.nodeFile, '/runtime/node'],
    ['--ro-bind', sandbox.runnerFile, runnerPath(sandbox)],
    ['--ro-bind', sandbox.packageDirectory, '/plugin'],
    ['--ro-bind', sandbox.socketPath, '/run/host.sock'],
    ['--proc', '/proc'],
    ...maskedProc.directories.map((path) => [...size(4096), '--tmpfs', path, '--remount-ro', path]),
    ...maskedProc.files.map((path) => ['--ro-bind', '/dev/null', path]),
    ['--dev', '/dev', '--remount-ro', '/dev'],
    [...size(limits.temporarySpaceMiB * 1024 * 1024), '--perms', '1777', '--tmpfs', '/tmp'],
    ['--remount-ro', '/', '--chdir', '/plugin'],
  ].flat();
}

function environment(sandbox: BubblewrapSandbox): readonly string[] {
  const variables = {
    PATH: '/runtime',
    HOME: '/tmp',
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    ...sandbox.environment,
    STELLA_HOST_SOCKET: '/run/host.sock',
  };
  return ['--clearenv', ...Object.entries(variables).flatMap(([name, value]) => ['--setenv', name, value])];
}

function program(sandbox: BubblewrapSandbox): readonly string[] {
  const { limits, nodeArguments } = sandbox;
  const heapLimitMiB = Math.max(1, Math.floor(limits.memoryLimitMiB * heapShare));
  return [
    ['--seccomp', descriptors.seccomp, '--info-fd', descriptors.info, '--args', descriptors.args],
    ['--', '/runtime/node', `--max-old-space-size=${heapLimitMiB}`, ...nodeArguments, runnerPath(sandbox)],
  ].flat();
}

/** Node tells from the extension whether a file is a module. */
function runnerPath({ runnerFile }: BubblewrapSandbox): string {
  return `/runtime/runner${extname(runnerFile)}`;
}
