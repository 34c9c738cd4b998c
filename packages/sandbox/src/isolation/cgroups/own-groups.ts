import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A mounted hierarchy of control groups, and where in it this process is. */
export interface OwnGroup {
  readonly version: 1 | 2;
  /** Of version 1; version 2 names its own in `cgroup.controllers`. */
  readonly controllers: readonly string[];
  readonly mountPoint: string;
  /** The folder of one's own group, at or below the mount point. */
  readonly folder: string;
}

/** Finds one's own groups (cgroups(7), proc_pid_mountinfo(5)). A hierarchy that is not mounted is not among them. */
export async function findOwnGroups(): Promise<readonly OwnGroup[]> {
  const [memberships, mounts] = await Promise.all([
    readFile('/proc/self/cgroup', 'utf8'),
    readFile('/proc/self/mountinfo', 'utf8'),
  ]);
  return matchOwnGroups(memberships, mounts);
}

/** The same from the texts of `/proc/self/cgroup` and `/proc/self/mountinfo`. */
export function matchOwnGroups(memberships: string, mountInfo: string): readonly OwnGroup[] {
  const mounts = mountInfo.split('\n').flatMap(parseMount);
  return memberships.split('\n').flatMap((line) => {
    const [, hierarchy, list, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (list === undefined || path === undefined) return [];
    const version = hierarchy === '0' ? 2 : 1;
    const controllers = list.split(',').filter(Boolean);
    const found = mounts.flatMap((mount): readonly OwnGroup[] => {
      if (mount.version !== version || !controllers.every((name) => mount.options.includes(name))) return [];
      const inside = pathBelow(mount.root, path);
      if (inside === undefined) return [];
      return [{ version, controllers, mountPoint: mount.point, folder: join(mount.point, inside) }];
    });
    return found.slice(0, 1);
  });
}

interface Mount {
  readonly version: 1 | 2;
  readonly root: string;
  readonly point: string;
  readonly options: readonly string[];
}

function parseMount(line: string): readonly Mount[] {
  const [before, after] = line.split(' - ');
  const [, , , root, point] = before?.split(' ') ?? [];
  const [type, , options] = after?.split(' ') ?? [];
  if (root === undefined || point === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return [];
  const version = type === 'cgroup2' ? 2 : 1;
  return [{ version, root: unescape(root), point: unescape(point), options: options?.split(',') ?? [] }];
}

/** A mount may show only a part of the hierarchy, as in a container. */
function pathBelow(root: string, path: string): string | undefined {
  if (root === '/' || root === path) return root === '/' ? path : '/';
  return path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
}

/** Blanks and backslashes are octal there. */
function unescape(text: string): string {
  return text.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));
}
