import { readFile, readlink } from 'node:fs/promises';
import { parseHardLimits, type HardLimits } from '../machine/resource-limits.ts';

/** The kinds of namespaces that keep a sandbox apart, as `/proc/PID/ns` names them (namespaces(7)). */
export const namespaceKinds = ['mnt', 'net', 'pid', 'ipc', 'uts', 'cgroup', 'user'] as const;

/** A kind of namespace. */
export type NamespaceKind = (typeof namespaceKinds)[number];

/** The namespaces of a process; one that cannot be read is missing. */
export type Namespaces = Readonly<Partial<Record<NamespaceKind, string>>>;

/** A mount that a process sees. */
export interface Mount {
  readonly point: string;
  readonly isReadOnly: boolean;
  /** The kind of file system, such as `tmpfs`. */
  readonly type: string;
}

/** What the kernel says of a process. What cannot be read is `undefined`, or missing. */
export interface ProcessFacts {
  /** The lines of `/proc/PID/status` (proc_pid_status(5)). */
  readonly status: ReadonlyMap<string, string>;
  readonly namespaces: Namespaces;
  /** The names of its variables. */
  readonly environment: readonly string[] | undefined;
  readonly mounts: readonly Mount[] | undefined;
  /** The interfaces that its routes lead to. */
  readonly routes: readonly string[] | undefined;
  readonly limits: HardLimits;
}

/** Reads what the kernel says of a process. Never rejects: a process that has ended has nothing to show. */
export async function readProcessFacts(pid: number): Promise<ProcessFacts> {
  const read = (file: string): Promise<string | undefined> =>
    readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => undefined);
  const [namespaces, status, environment, mounts, routes, routes6, limits] = await Promise.all([
    readNamespaces(pid),
    read('status'),
    read('environ'),
    read('mountinfo'),
    read('net/route'),
    // A kernel without IPv6 has none.
    read('net/ipv6_route'),
    read('limits'),
  ]);
  return {
    namespaces,
    status: new Map(
      Array.from((status ?? '').matchAll(/^(\w+):[ \t]*(.*?)[ \t]*$/gm), ([, key = '', value = '']) => [
        key,
        value,
      ]),
    ),
    environment: environment?.split('\0').flatMap((variable) => variable.split('=')[0] || []),
    mounts: mounts === undefined ? undefined : parseMounts(mounts),
    routes: routes === undefined ? undefined : parseRoutes(routes, routes6 ?? ''),
    limits: parseHardLimits(limits ?? ''),
  };
}

/** The namespaces of a process, `self` for this one. */
export async function readNamespaces(pid: number | 'self'): Promise<Namespaces> {
  const links = await Promise.all(
    namespaceKinds.map((kind) => readlink(`/proc/${pid}/ns/${kind}`).catch(() => undefined)),
  );
  return Object.fromEntries(
    namespaceKinds.flatMap((kind, index) => (links[index] === undefined ? [] : [[kind, links[index]]])),
  );
}

/** The processes that a process started itself (proc_pid_task(5), `children`). */
export async function readChildren(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Reads `/proc/PID/mountinfo` (proc_pid_mountinfo(5)). */
export function parseMounts(mountInfo: string): readonly Mount[] {
  return mountInfo
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [before = '', after = ''] = line.split(' - ');
      const [, , , , point = '', options = ''] = before.split(' ');
      return { point, isReadOnly: options.split(',').includes('ro'), type: after.split(' ')[0] ?? '' };
    });
}

/** The first column of IPv4's table is the interface, below a heading; of IPv6's it is the last. */
function parseRoutes(routes: string, routes6: string): readonly string[] {
  const lines = (text: string): readonly string[] => text.split('\n').filter(Boolean);
  return [
    ...lines(routes)
      .slice(1)
      .map((line) => line.split('\t')[0] ?? ''),
    ...lines(routes6).map((line) => line.split(' ').at(-1) ?? ''),
  ];
}
