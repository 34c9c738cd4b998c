import type {
  BubblewrapLauncherParts,
  BubblewrapTools,
} from '../../src/isolation/start/bubblewrap-launcher.ts';
import type { BubblewrapFeatures } from '../../src/isolation/machine/bubblewrap-features.ts';
import type { ControlGroups } from '../../src/isolation/cgroups/control-group.ts';
import { assembleBpf } from '../../src/isolation/seccomp/bpf-assembler.ts';
import type { CommandChange } from './weaken-command.mts';

/** How one defence is taken away, and nothing else. */
export interface Weakening {
  /** What is changed of the command that starts bubblewrap. */
  readonly command?: CommandChange;
  /** What is changed of what the launcher works with. */
  readonly parts?: (parts: BubblewrapLauncherParts) => BubblewrapLauncherParts;
  /**
   * Where the host is an ordinary user: `absent` when that host has no such defence in the first place, `inherent` when it is there
   * by itself and cannot be taken away.
   */
  readonly forOrdinaryUsers?: 'absent' | 'inherent';
}

type ChangeOfParts = (parts: BubblewrapLauncherParts) => BubblewrapLauncherParts;

const withTools =
  (change: Partial<BubblewrapTools>): ChangeOfParts =>
  (parts) => ({ ...parts, tools: { ...parts.tools, ...change } });

const withoutFeature =
  (name: keyof BubblewrapFeatures): ChangeOfParts =>
  (parts) =>
    withTools({ features: { ...parts.tools.features, [name]: false } })(parts);

/** The same object, but for some of its methods. */
function override<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const found: unknown = Reflect.get(name in methods ? methods : target, name);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}

const withGroups =
  (create: (groups: ControlGroups) => ControlGroups['create']): ChangeOfParts =>
  (parts) => ({ ...parts, groups: override(parts.groups, { create: create(parts.groups) }) });

/** Four times what was asked for: enough to see that more was possible, and still nothing that harms the machine. */
const raised = (name: 'memoryLimitMiB' | 'maxProcesses'): ChangeOfParts =>
  withGroups(
    (groups) => (pluginId, limits) => groups.create(pluginId, { ...limits, [name]: 4 * limits[name] }),
  );

const allowEverything = assembleBpf([{ answer: 0x7fff0000 }]);

/** Every defence of the operating system that a hostile plugin runs into. */
export const defences = {
  'filter of system calls': { parts: withTools({ seccompFilter: allowEverything }) },
  'network namespace': { command: { replace: [{ find: ['--unshare-net'], by: [] }] } },
  'process namespace': {
    command: {
      replace: [
        { find: ['--unshare-pid'], by: [] },
        // A fresh /proc is only to be had with a namespace of one's own.
        { find: ['--proc', '/proc'], by: ['--ro-bind', '/proc', '/proc'] },
      ],
    },
  },
  'ipc namespace': { command: { replace: [{ find: ['--unshare-ipc'], by: [] }] } },
  'name namespace': {
    command: {
      replace: [
        { find: ['--unshare-uts'], by: [] },
        { find: ['--hostname', 'plugin'], by: [] },
      ],
    },
  },
  'control group namespace': { command: { replace: [{ find: ['--unshare-cgroup-try'], by: [] }] } },
  'no further user namespaces': { parts: withoutFeature('hasDisableUserns') },
  'own file system': {
    command: {
      replace: [
        {
          find: ['--remount-ro', '/', '--chdir'],
          by: ['/etc', '/root', '/sys', 'SCENE']
            .flatMap((path) => ['--ro-bind', path, path])
            .concat('--remount-ro', '/', '--chdir'),
        },
      ],
    },
  },
  'read-only mounts': {
    command: {
      replace: [
        ...['/plugin', '/runtime/node', '/runtime/runner.cjs'].map((path) => ({
          find: ['--ro-bind', '*', path],
          by: ['--bind', '*', path],
        })),
        { find: ['--remount-ro', '/dev'], by: [] },
        { find: ['--remount-ro', '/', '--chdir'], by: ['--chdir'] },
      ],
    },
  },
  'own devices': {
    command: {
      replace: [{ find: ['--dev', '/dev', '--remount-ro', '/dev'], by: ['--dev-bind', '/dev', '/dev'] }],
    },
  },
  'masked /proc': { parts: withTools({ maskedProc: { directories: [], files: [] } }) },
  'user of its own': { forOrdinaryUsers: 'absent', parts: withTools({ identities: undefined }) },
  'no privileges': {
    forOrdinaryUsers: 'inherent',
    parts: (parts) => withTools({ identities: undefined })(withoutFeature('hasDisableUserns')(parts)),
    command: {
      replace: [
        { find: ['--unshare-user'], by: [] },
        { find: ['--uid', '65534', '--gid', '65534'], by: [] },
        { find: ['--cap-drop', 'ALL'], by: ['--cap-add', 'ALL'] },
      ],
    },
  },
  'no new privileges': { forOrdinaryUsers: 'inherent', command: { isWithoutBubblewrap: true } },
  'environment emptied by the host': { command: { environment: { STELLA_SECRET: 'of the host' } } },
  'environment emptied by bubblewrap': { command: { replace: [{ find: ['--clearenv'], by: [] }] } },
  'arguments in a pipe': { command: {} },
  'descriptors closed': { command: { inherits: 'SCENE/state/secret' } },
  'memory limit': { parts: raised('memoryLimitMiB') },
  'process limit': { parts: raised('maxProcesses') },
  'processor limit': {
    parts: withGroups(
      (groups) => async (pluginId, limits) =>
        override(await groups.create(pluginId, limits), { limitCpu: () => Promise.resolve() }),
    ),
  },
  'heap limit': {
    command: { replace: [{ find: ['--max-old-space-size=*'], by: ['--max-old-space-size=2048'] }] },
  },
  'temporary space limit': { parts: withoutFeature('hasTmpfsSize') },
  'open files limit': { command: { replace: [{ find: ['--nofile=*'], by: [] }] } },
  'file size limit': { command: { replace: [{ find: ['--fsize=*'], by: [] }] } },
  'locked memory limit': { command: { replace: [{ find: ['--memlock=*'], by: [] }] } },
  'message queue limit': { command: { replace: [{ find: ['--msgqueue=*'], by: [] }] } },
  'core file limit': { command: { replace: [{ find: ['--core=*'], by: ['--core=1048576'] }] } },
  'kill of the whole control group': {
    parts: withGroups(
      (groups) => async (pluginId, limits) =>
        override(await groups.create(pluginId, limits), {
          kill: () => Promise.resolve(),
          isEmpty: () => Promise.resolve(true),
          remove: () => Promise.resolve(),
        }),
    ),
  },
  'a kill that cannot be ignored': {},
  'output that waits for its reader': {},
} as const satisfies Readonly<Record<string, Weakening>>;

/** The name of a defence. */
export type DefenceName = keyof typeof defences;

/** The same, for a look at any of them. */
export function findWeakening(name: DefenceName): Weakening {
  return defences[name];
}
