import type { IsolationAspect, SandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import type { LaunchMeans } from '../machine/launch-means.ts';
import type { AspectEvidence } from './aspect-evidence.ts';
import { isExpectedMount, isWritableByDesign } from './expected-mounts.ts';
import {
  capabilitiesLook,
  environmentLook,
  limitsLook,
  mountsLook,
  namespaceLook,
  routesLook,
  statusLook,
  userLook,
  type Look,
} from './kernel-looks.ts';
import type { NamespaceKind, Namespaces, ProcessFacts } from './process-facts.ts';

/** What the host knows of a sandbox and compares with. */
export interface ExpectedProcess {
  readonly hostNamespaces: Namespaces;
  readonly means: LaunchMeans;
  /** The user that it runs as; `undefined` when it is the host's own. */
  readonly uid: number | undefined;
  readonly limits: SandboxLimits;
  /** The names of its variables beside those that every sandbox has. */
  readonly environment: readonly string[];
  readonly libraries: readonly string[];
}

/** The processes of a sandbox. */
export interface SandboxFacts {
  /** bubblewrap's own. */
  readonly first: ProcessFacts;
  readonly runner: ProcessFacts;
}

interface Check {
  readonly aspect: IsolationAspect;
  readonly tried: string;
  readonly look: Look;
  readonly by?: string | undefined;
  /** By default what is looked for must hold for the first process too. */
  readonly ofRunnerAlone?: boolean;
}

/** What the kernel says of the processes of a sandbox. */
export function kernelEvidence(
  { first, runner }: SandboxFacts,
  expected: ExpectedProcess,
): readonly AspectEvidence[] {
  return listChecks(expected).map(({ aspect, tried, look, by, ofRunnerAlone = false }) => {
    const [ofFirst, ofRunner] = [look(first), look(runner)];
    const [saw, held] = ofRunnerAlone || ofFirst[1] ? ofRunner : ofFirst;
    return { aspect, source: 'kernel', tried, saw, held, by };
  });
}

function listChecks(expected: ExpectedProcess): readonly Check[] {
  const { means, limits, uid, environment, libraries } = expected;
  const own = (aspect: IsolationAspect, name: string, kind: NamespaceKind): Check => ({
    aspect,
    tried: name,
    by: name,
    look: namespaceLook(kind, expected.hostNamespaces),
  });
  const check = (aspect: IsolationAspect, tried: string, look: Look, by?: string): Check => ({
    aspect,
    tried,
    look,
    by,
    // Without user namespaces the first process keeps the rights that the runner gave up.
    ofRunnerAlone: aspect === 'privileges' && !means.userNamespace,
  });
  const files = [
    ['Max open files', limits.maxOpenFiles],
    ['Max file size', limits.fileSizeLimitMiB * 1024 * 1024],
  ] as const;
  return [
    own('fileSystem', 'mount namespace', 'mnt'),
    check('fileSystem', 'mounts that nobody asked for', mountsLook(isUnexpected(libraries))),
    check('fileSystem', 'mounts to write to, beside /tmp', mountsLook(isWritable), 'read-only mounts'),
    check('fileSystem', 'limits of open files and their size', limitsLook(files)),
    own('network', 'network namespace', 'net'),
    check('network', 'routes', routesLook),
    own('processes', 'process namespace', 'pid'),
    own('processes', 'IPC namespace', 'ipc'),
    ...(means.freshProc ? [] : [check('processes', 'a /proc of its own', () => ['missing', false])]),
    check('environment', 'names of variables', environmentLook(environment), 'cleared environment'),
    own('environment', 'host name namespace', 'uts'),
    own('environment', 'control group namespace', 'cgroup'),
    ...(means.userNamespace ? [own('privileges', 'user namespace', 'user')] : []),
    check('privileges', 'user', userLook(uid), uid === undefined ? undefined : 'user of its own'),
    check('privileges', 'capabilities', capabilitiesLook, 'no capabilities'),
    check('privileges', 'NoNewPrivs', statusLook('NoNewPrivs', '1'), 'no_new_privs'),
    check('privileges', 'size of core dumps', limitsLook([['Max core file size', 1]])),
    check('systemCalls', 'Seccomp', statusLook('Seccomp', '2'), 'seccomp filter'),
    check('memory', 'limits of locked memory and message queues', limitsLook(kernelMemory)),
    check('cpu', 'limit of real-time priority', limitsLook([['Max realtime priority', 0]])),
    ...(means.controlGroup ? [] : standIns(limits)),
  ];
}

/** Memory that the kernel keeps for a process, beside its own. */
const kernelMemory = [
  ['Max locked memory', 64 * 1024],
  ['Max msgqueue size', 0],
] as const;

/** What prlimit(1) does, to the runner and what it starts, where no control group does it. */
function standIns({ maxProcesses }: SandboxLimits): readonly Check[] {
  const finite = Number.MAX_SAFE_INTEGER;
  const common = { by: 'prlimit', ofRunnerAlone: true };
  return [
    { aspect: 'memory', tried: 'limit of data', look: limitsLook([['Max data size', finite]]), ...common },
    {
      aspect: 'processCount',
      tried: 'limit of processes of its user',
      look: limitsLook([['Max processes', maxProcesses]]),
      ...common,
    },
  ];
}

const isUnexpected =
  (libraries: readonly string[]) =>
  ({ point }: { readonly point: string }): boolean =>
    !isExpectedMount(point, libraries);

const isWritable = (mount: Parameters<typeof isWritableByDesign>[0]): boolean =>
  !mount.isReadOnly && !isWritableByDesign(mount);
