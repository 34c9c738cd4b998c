import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { assembleBpf, type BpfLine } from '../../src/isolation/seccomp/bpf-assembler.ts';

/** How a host is started, before the name of the file with its request. */
export type HostCommand = readonly [file: string, ...rest: string[]];

const fixture = new URL('fixtures/host.ts', import.meta.url).pathname;
const plainHost: HostCommand = [process.execPath, fixture];

/** A host on a machine that a shell command changes first, in a mount namespace of its own. */
export function onMachineChangedBy(change: string, host = plainHost): HostCommand {
  return ['unshare', '--mount', 'sh', '-c', `${change} || exit 1; exec "$0" "$@"`, ...host];
}

/** A host where no control groups are mounted. */
export function withoutControlGroups(host = plainHost): HostCommand {
  return onMachineChangedBy('umount -R /sys/fs/cgroup', host);
}

/** A host that is no longer root, but this user. */
export function asUser(user: number, host: HostCommand): HostCommand {
  return ['setpriv', '--reuid', `${user}`, '--regid', `${user}`, '--clear-groups', '--', ...host];
}

/**
 * A host that is root where the kernel has no user namespaces left to give. The setting counts for each user namespace
 * (`user.max_user_namespaces`, namespaces(7)), so the host gets one in which it is root, and the machine keeps its own.
 */
export function withoutUserNamespacesLeft(host = plainHost): HostCommand {
  const map = `
    host=$$
    (
      while [ "$(readlink /proc/$host/ns/user)" = "$(readlink /proc/self/ns/user)" ]; do sleep 0.01; done
      echo '0 0 65536' > /proc/$host/uid_map
      echo '0 0 65536' > /proc/$host/gid_map
    ) &
    exec unshare --user --mount sh -c "$0" "$@"`;
  // The privileges of root come with the first program that is started after the map was written.
  const become = 'until [ $(id -u) = 0 ] && [ $(id -g) = 0 ]; do sleep 0.01; done; exec sh -c "$0" "$@"';
  const forbid = 'echo 0 > /proc/sys/user/max_user_namespaces || exit 1; exec "$0" "$@"';
  return ['sh', '-c', map, become, forbid, ...host];
}

/** A host that is root in a container without the rights of an administrator, but with a `/proc` that is not masked. */
export function inOpenContainer(host = plainHost): HostCommand {
  const drop = ['--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin', '--'];
  return ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', 'setpriv', ...drop, ...host];
}

/** A host that runs on a thread beside the main one. */
export function onWorkerThread(): HostCommand {
  const start = `new (require('node:worker_threads').Worker)(${JSON.stringify(fixture)}, { argv: process.argv.slice(1) })`;
  return [process.execPath, '-e', start];
}

/** Flags of clone(2) for user namespaces alone, and for all kinds. */
const newNamespaces = { user: 0x10000000, all: 0x7e020000 };

/** A host in a container whose seccomp filter denies new namespaces, and with these capabilities taken away. */
export async function behindFilter(
  directory: string,
  kinds: keyof typeof newNamespaces,
  {
    withoutCapabilities = [],
    host = plainHost,
  }: { withoutCapabilities?: readonly string[]; host?: HostCommand } = {},
): Promise<HostCommand> {
  const file = join(directory, 'filter');
  await writeFile(file, assembleBpf(denyNewNamespaces(newNamespaces[kinds])));
  const drop = withoutCapabilities.map((name) => `--cap-drop ${name}`).join(' ');
  const start = `exec bwrap --dev-bind / / --die-with-parent ${drop} --seccomp 3 -- "$0" "$@" 3< ${file}`;
  return ['sh', '-c', start, ...host];
}

function denyNewNamespaces(flags: number): readonly BpfLine[] {
  const [unshare, clone, clone3] = process.arch === 'x64' ? [272, 56, 435] : [97, 220, 435];
  return [
    { load: 0 },
    { jump: 'equal', value: clone3, yes: 'ENOSYS' },
    { jump: 'equal', value: clone, yes: 'flags' },
    { jump: 'equal', value: unshare, yes: 'flags', no: 'allow' },
    { label: 'flags' },
    { load: 16 },
    { jump: 'anyBit', value: flags, yes: 'EPERM', no: 'allow' },
    { label: 'EPERM' },
    { answer: 0x00050000 | constants.errno.EPERM },
    { label: 'ENOSYS' },
    { answer: 0x00050000 | constants.errno.ENOSYS },
    { label: 'allow' },
    { answer: 0x7fff0000 },
  ];
}
