import { constants } from 'node:fs';
import { access, readFile, readlink } from 'node:fs/promises';
import type { IsolationObstacle } from '../isolation.ts';

/** The namespaces of the machine itself have fixed numbers (`linux/proc_ns.h` of the kernel). */
const machineNamespaces = { user: 'user:[4026531837]', pid: 'pid:[4026531836]' } as const;

/** CAP_SYS_ADMIN of `linux/capability.h`. */
const administrator = 1n << 21n;

/**
 * A container of real root without the rights of an administrator, whose `/proc/sys` can be written all the same, as
 * `systempaths=unconfined` makes it: whoever is root in it can have the kernel run programs outside (`kernel.core_pattern`,
 * core(5)). There is no sense in sandboxes in it. One that was given all rights has no border that could be lost.
 */
export async function findOpenContainer(): Promise<IsolationObstacle | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const [user, pid, status] = await Promise.all([
    readlink('/proc/self/ns/user'),
    readlink('/proc/self/ns/pid'),
    readFile('/proc/self/status', 'utf8'),
  ]);
  const capabilities = BigInt(`0x${/^CapEff:\s*([\da-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const isContainer = user === machineNamespaces.user && pid !== machineNamespaces.pid;
  if (!isContainer || (capabilities & administrator) !== 0n) return undefined;
  return (await canWrite('/proc/sys/kernel/core_pattern')) ? openContainer : undefined;
}

const openContainer: IsolationObstacle = {
  problem:
    'the host is root in a container that can write the settings of the kernel (/proc/sys), and so could have programs run outside of it',
  fix: 'Start the container as a user other than root, or without systempaths=unconfined.',
};

async function canWrite(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}
