import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import {
  findPresence,
  formatIdentity,
  parseIdentity,
  readOwnIdentity,
  type FleetHost,
  type HostAnnouncement,
} from '@stellaops/plugin-abstractions/hosting';

/** What this very process says of itself. */
export async function ownProcess(): Promise<
  Pick<HostAnnouncement, 'machine' | 'processId' | 'processIdentity'>
> {
  const identity = formatIdentity(await readOwnIdentity());
  const processIdentity = `${await readBoot()}/${identity}`;
  return { machine: hostname(), processId: process.pid, processIdentity };
}

/** Whether the process of a host is known to have ended: it ran on this machine since its last boot, and is no more. */
export async function isKnownGone({ processIdentity }: FleetHost): Promise<boolean> {
  const [boot, identity = ''] = processIdentity.split('/');
  const parsed = parseIdentity(identity);
  return boot === (await readBoot()) && parsed !== undefined && (await findPresence(parsed)) === 'gone';
}

/** Differs between machines that share a name, and from boot to boot: random(4). Empty where the kernel has none, which is no answer. */
async function readBoot(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return boot.trim();
}
