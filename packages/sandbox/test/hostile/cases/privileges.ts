import { statSync } from 'node:fs';
import type { HostileCase } from '../hostile-case.ts';
import { call } from '../raw/numbers.ts';
import { space, text, workingDirectory } from '../raw/raw-program.ts';

/** S_IFCHR with mode 0666, and the number of /dev/mem (`Documentation/admin-guide/devices.txt`). */
const [characterDevice, physicalMemory] = [0o020666n, 0x101n];

const openDevices = (...names: readonly string[]): string => `const opens = (name) => {
    try { fs.closeSync(fs.openSync('/dev/' + name, 'r')); return true } catch { return false }
  };
  return ${JSON.stringify(names)}.some(opens) ? 'opened' : 'none';`;

const forEveryUser = ['fuse', 'kvm', 'vsock', 'vhost-vsock', 'rtc0', 'autofs', 'snapshot', 'ptp0'].filter(
  (name) => ((statSync(`/dev/${name}`, { throwIfNoEntry: false })?.mode ?? 0) & 0o004) !== 0,
);

/** Ways to be somebody else, to have what only root has, and to devices. */
export const privileges: readonly HostileCase[] = [
  {
    name: 'becomes root',
    attempt: 'process.setuid(0); return process.getuid()',
    denied: 'EINVAL',
    defences: ['no privileges'],
    succeeds: 0,
  },
  {
    name: "becomes a member of root's group",
    attempt: 'process.setgid(0); return process.getgid()',
    denied: 'EINVAL',
    defences: ['no privileges'],
    succeeds: 0,
  },
  {
    name: 'joins groups of the host',
    attempt: 'process.setgroups([0, 1]); return process.getgroups().length',
    denied: 'EPERM',
    defences: ['no privileges'],
    succeeds: 2,
  },
  {
    name: 'gives itself every capability',
    attempt: [
      // _LINUX_CAPABILITY_VERSION_3, for itself; effective, permitted and inheritable: CAP_SYS_ADMIN
      call('capset', words(0x20080522, 0), words(0x200000, 0x200000, 0, 0, 0, 0)),
    ],
    denied: 'EPERM',
    defences: ['no privileges'],
    succeeds: 0,
  },
  {
    name: 'makes the node of a device',
    attempt: [call('mknodat', workingDirectory, text('/tmp/memory'), characterDevice, physicalMemory)],
    denied: 'EPERM',
    defences: ['no privileges'],
    succeeds: 0,
  },
  {
    name: 'looks for devices of the machine',
    attempt: `const own = 'console core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero'.split(' ');
      return fs.readdirSync('/dev').every((name) => own.includes(name)) ? 'only its own' : 'found';`,
    denied: 'only its own',
    defences: ['own devices'],
    succeeds: 'found',
  },
  {
    name: 'opens memory, the log of the kernel and disks',
    attempt: openDevices('mem', 'kmsg', 'vda', 'sda', 'nvme0n1'),
    denied: 'none',
    defences: ['own devices', 'no privileges'],
    succeeds: 'opened',
  },
  {
    name: 'opens devices that are there for every user',
    attempt: openDevices(...forEveryUser),
    denied: 'none',
    defences: ['own devices'],
    succeeds: 'opened',
    impossible:
      forEveryUser.length > 0 ? undefined : 'every user here may open what a plugin has, and no more',
  },
];

function words(...values: readonly number[]): Buffer {
  const bytes = space(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, 4 * index);
  return bytes;
}
