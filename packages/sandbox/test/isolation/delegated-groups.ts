import { chown, mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openControlGroups } from '../../src/isolation/cgroups/open-control-groups.ts';
import { pollUntil } from '../../src/isolation/deadline.ts';
import type { HostCommand } from './lacking-machines.ts';
import { ordinaryUser } from './ordinary-programs.ts';

/** Groups that root made and gave to a user. */
export interface DelegatedGroups extends AsyncDisposable {
  readonly folders: readonly string[];
  /** The same host, started in them. */
  enter(host: HostCommand): HostCommand;
}

/** Makes groups, gives them to the ordinary user, and removes them again. */
export async function delegateGroups(): Promise<DelegatedGroups> {
  const groups = await openControlGroups();
  if ('problem' in groups) throw new Error(groups.problem);
  const folders = groups.parents.map((parent) => join(parent, `delegated-${process.pid}`));
  for (const folder of folders) {
    await mkdir(folder);
    for (const name of ['.', ...(await readdir(folder)).filter((file) => file.startsWith('cgroup.'))])
      await chown(join(folder, name), ordinaryUser, ordinaryUser);
  }
  const enter = folders.map((folder) => `echo $$ > ${folder}/cgroup.procs`).join(' && ');
  return {
    folders,
    enter: (host) => ['sh', '-c', `${enter} && exec "$0" "$@"`, ...host],
    [Symbol.asyncDispose]: async () => {
      for (const folder of folders) await pollUntil(() => removeTree(folder), 10_000);
    },
  };
}

async function removeTree(folder: string): Promise<boolean> {
  const inside = await readdir(folder, { withFileTypes: true });
  for (const entry of inside.filter((found) => found.isDirectory()))
    await removeTree(join(folder, entry.name));
  return rmdir(folder).then(
    () => true,
    () => false,
  );
}
