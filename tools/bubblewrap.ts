import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What is known of the machine before bubblewrap is looked after. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  readonly hasBubblewrap: boolean;
  /** The text of `/etc/os-release`, as os-release(5) describes it; empty where there is none. */
  readonly osRelease: string;
}

/** What the set-up does about bubblewrap; each command is one line for a shell. */
export type BubblewrapAction =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'install'; readonly command: string; readonly refresh: string | undefined }
  | { readonly kind: 'ask'; readonly command: string | undefined };

interface PackageManager {
  readonly install: string;
  /** Fetches the list of packages, where the system does not do so by itself. */
  readonly refresh?: string;
  /** Whether the set-up runs it when it may; else it only tells the command. */
  readonly isAutomatic: boolean;
}

const packageManagers: Readonly<Record<string, PackageManager>> = {
  debian: {
    install: 'apt-get install -y --no-install-recommends bubblewrap',
    refresh: 'apt-get update',
    isAutomatic: true,
  },
  fedora: { install: 'dnf install -y bubblewrap', isAutomatic: true },
  arch: { install: 'pacman -S --noconfirm bubblewrap', isAutomatic: false },
  suse: { install: 'zypper install -y bubblewrap', isAutomatic: false },
};

const families: Readonly<Record<string, string>> = { ubuntu: 'debian', rhel: 'fedora', centos: 'fedora' };

/** Decides, from the machine alone, what the set-up does about the one system package that the sandbox needs. */
export function decideBubblewrap(machine: Machine): BubblewrapAction {
  if (machine.platform !== 'linux') return { kind: 'unsupported' };
  if (machine.hasBubblewrap) return { kind: 'ready' };
  const manager = systemIds(machine.osRelease)
    .map((id) => packageManagers[families[id] ?? id])
    .find((found) => found !== undefined);
  if (manager === undefined) return { kind: 'ask', command: undefined };
  const { install, refresh, isAutomatic } = manager;
  if (machine.isRoot && isAutomatic) return { kind: 'install', command: install, refresh };
  const steps = [refresh, install].filter((step) => step !== undefined);
  return { kind: 'ask', command: steps.map((step) => (machine.isRoot ? step : `sudo ${step}`)).join(' && ') };
}

/** `ID` first, then what it is like, nearest first. */
function systemIds(osRelease: string): readonly string[] {
  const value = (key: string): string =>
    new RegExp(`^${key}=(["']?)(.*)\\1$`, 'm').exec(osRelease)?.[2] ?? '';
  return `${value('ID')} ${value('ID_LIKE')}`.split(/\s+/).filter((id) => id !== '');
}

/** Whether a command of this name can be run from `PATH`. */
export function isOnPath(command: string, path = process.env['PATH'] ?? ''): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
