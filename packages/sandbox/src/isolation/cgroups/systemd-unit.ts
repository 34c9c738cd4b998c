import { access, constants, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { askProgram } from '../machine/ask-program.ts';
import type { OwnGroup } from './own-groups.ts';
import { systemdEnvironment, systemdTimeoutMs, type SystemdManager } from './systemd-manager.ts';

/** What systemd started this process as (systemd.unit(5)). */
export interface SystemdUnit {
  readonly name: string;
  readonly manager: SystemdManager;
  /** The folder of the group of the unit, at or above one's own. */
  readonly folder: string;
}

/** The unit to which a group of version 2 belongs; `undefined` where no systemd looks after the groups, as in most containers. */
export async function findSystemdUnit(group: OwnGroup): Promise<SystemdUnit | undefined> {
  // How sd_booted(3) tells.
  const isBooted = await stat('/run/systemd/system').then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isBooted ? matchSystemdUnit(group) : undefined;
}

/** The same from the folder alone: slices stand above a unit, and what a unit does with its own group below. */
export function matchSystemdUnit({ folder, mountPoint }: OwnGroup): SystemdUnit | undefined {
  const names = relative(mountPoint, folder).split('/');
  const isUnit = (name: string): boolean => name !== '' && !name.endsWith('.slice');
  let index = names.findIndex(isUnit);
  let manager: SystemdManager = 'system';
  if (/^user@\d+\.service$/.test(names[index] ?? '') && names.slice(index + 1).some(isUnit)) {
    index += 1 + names.slice(index + 1).findIndex(isUnit);
    manager = 'user';
  }
  const name = names[index];
  if (name === undefined) return undefined;
  return { name, manager, folder: join(mountPoint, ...names.slice(0, index + 1)) };
}

/**
 * Whether groups in a unit are left to whoever runs in it (`Delegate=`, systemd.resource-control(5)). In every other unit systemd
 * takes away the controllers that it did not hand out itself, with the limits of the groups below, as soon as it starts another unit.
 */
export async function isDelegated(
  { name, manager }: SystemdUnit,
  ownFolder: string,
  timeoutMs = systemdTimeoutMs,
): Promise<boolean> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot && manager === 'user') return false;
  // In a unit of the system, a user may write only what was given away.
  if (!isRoot && manager === 'system') return canWrite(ownFolder);
  const { stdout } = await askProgram(
    'systemctl',
    [`--${manager}`, 'show', '--property=Delegate', '--', name],
    { env: systemdEnvironment(), timeoutMs },
  );
  return stdout.trim() === 'Delegate=yes';
}

async function canWrite(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}
