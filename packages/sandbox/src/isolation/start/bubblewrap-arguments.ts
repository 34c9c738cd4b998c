import { basename, dirname, extname } from 'node:path';
import type { SandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import type { BubblewrapFeatures } from '../machine/bubblewrap-features.ts';
import type { LaunchMeans } from '../machine/launch-means.ts';
import type { MaskedProc } from '../machine/masked-proc.ts';
import type { Preparation } from './preparations.ts';

/** The descriptors that spawnLimited() opens beyond the standard three. */
const descriptors = { seccomp: '3', info: '4', args: '5' } as const;

/** What one sandbox is made of. All paths are of the host, and readable by the user that starts bubblewrap. */
export interface BubblewrapSandbox {
  readonly features: BubblewrapFeatures;
  readonly means: LaunchMeans;
  readonly maskedProc: MaskedProc;
  readonly nodeFile: string;
  /** What the Node binary is linked with, bound at the same paths. */
  readonly libraries: readonly string[];
  readonly preparations: readonly Preparation[];
  readonly nodeArguments: readonly string[];
  readonly runnerArguments: readonly string[];
  readonly runnerFile: string;
  readonly packageDirectory: string;
  readonly compiledDirectory?: string | undefined;
  readonly socketPath: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: SandboxLimits;
  /** Stands on the command line of bubblewrap, by which its processes are found where no control group holds them. */
  readonly mark: string | undefined;
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

function separation({ features, means, mark }: BubblewrapSandbox): readonly string[] {
  // It forbids further namespaces by a setting below the host's /proc, which is masked where a fresh one cannot be mounted.
  const canForbidMore = features.hasDisableUserns && means.freshProc;
  return [
    means.userNamespace ? '--unshare-user --uid 65534 --gid 65534' : '',
    means.userNamespace && canForbidMore ? '--disable-userns' : '',
    '--unshare-ipc --unshare-pid --unshare-net --unshare-cgroup-try --hostname plugin',
    '--die-with-parent --new-session --cap-drop ALL',
    // What setpriv gives up last.
    means.userNamespace ? '' : '--cap-add CAP_SETUID --cap-add CAP_SETGID --cap-add CAP_SETPCAP',
    // Cleared with the rest of the environment.
    mark === undefined ? '' : `--setenv STELLA_SANDBOX ${mark}`,
  ].flatMap((options) => options.split(' ').filter(Boolean));
}

function fileSystem(sandbox: BubblewrapSandbox): readonly string[] {
  const { features, limits } = sandbox;
  const files = boundFiles(sandbox);
  const folders = new Set(files.map(([, inside]) => dirname(inside)));
  folders.delete('/');
  return [
    // Made by themselves, the folders above a file are open to their owner alone.
    ...Array.from(folders, (folder) => ['--dir', folder]),
    ...files.map(([file, inside]) => ['--ro-bind', file, inside]),
    ...proc(sandbox),
    ['--dev', '/dev', '--remount-ro', '/dev'],
    [...size(features, limits.temporarySpaceMiB * 1024 * 1024), '--perms', '1777', '--tmpfs', '/tmp'],
    ['--remount-ro', '/', '--chdir', '/plugin'],
  ].flat();
}

/** Files of the host, and where they are seen inside. */
function boundFiles(sandbox: BubblewrapSandbox): readonly (readonly [file: string, inside: string])[] {
  const { preparations, compiledDirectory } = sandbox;
  const libraries = new Set([sandbox.libraries, ...preparations.map((one) => one.libraries)].flat());
  return [
    ...Array.from(libraries, (file) => [file, file] as const),
    ...preparations.map(({ file }) => [file, preparationPath(file)] as const),
    [sandbox.nodeFile, '/runtime/node'],
    [sandbox.runnerFile, runnerPath(sandbox)],
    [sandbox.packageDirectory, '/plugin'],
    ...(compiledDirectory === undefined ? [] : [[compiledDirectory, '/runtime/compiled'] as const]),
    [sandbox.socketPath, '/run/host.sock'],
  ];
}

function proc({ features, means, maskedProc }: BubblewrapSandbox): readonly (readonly string[])[] {
  if (!means.freshProc) return [];
  return [
    ['--proc', '/proc'],
    ...maskedProc.directories.map((path) => [...size(features, 4096), '--tmpfs', path, '--remount-ro', path]),
    ...maskedProc.files.map((path) => ['--ro-bind', '/dev/null', path]),
  ];
}

function size({ hasTmpfsSize }: BubblewrapFeatures, bytes: number): readonly string[] {
  return hasTmpfsSize ? ['--size', String(bytes)] : [];
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
  const { limits, preparations, nodeArguments, runnerArguments } = sandbox;
  const heapLimitMiB = Math.max(1, Math.floor(limits.memoryLimitMiB * heapShare));
  return [
    ['--seccomp', descriptors.seccomp, '--info-fd', descriptors.info, '--args', descriptors.args, '--'],
    preparations.flatMap((one) => [preparationPath(one.file), one.arguments].flat()),
    ['/runtime/node', `--max-old-space-size=${heapLimitMiB}`, ...nodeArguments],
    [runnerPath(sandbox), ...runnerArguments],
  ].flat();
}

function preparationPath(file: string): string {
  return `/runtime/${basename(file)}`;
}

/** Node tells from the extension whether a file is a module. */
function runnerPath({ runnerFile }: BubblewrapSandbox): string {
  return `/runtime/runner${extname(runnerFile)}`;
}
