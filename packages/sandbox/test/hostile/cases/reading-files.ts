import type { HostileCase } from '../hostile-case.ts';

/** Files of the host and of other plugins, by every way to them. */
export const readingFiles: readonly HostileCase[] = [
  {
    name: 'reads the users of the machine in /etc/passwd',
    attempt: `return read('/etc/passwd')`,
    denied: 'ENOENT',
    defences: ['own file system'],
    succeeds: 'read',
  },
  {
    name: "lists root's home",
    attempt: `return fs.readdirSync('/root') && 'listed'`,
    denied: 'ENOENT',
    defences: ['own file system', 'no privileges'],
    heldBy: { 'no privileges': 'EACCES' },
    succeeds: 'listed',
  },
  {
    name: "reads a secret in the host's state directory",
    attempt: 'return read(scene.secretFile)',
    denied: 'ENOENT',
    defences: ['own file system'],
    succeeds: 'read',
  },
  {
    name: 'reads the package of another plugin',
    attempt: `return read(scene.otherPackage + '/plugin.js')`,
    denied: 'ENOENT',
    defences: ['own file system'],
    succeeds: 'read',
  },
  {
    name: 'follows a link of its own to a secret of the host',
    attempt: `fs.symlinkSync(scene.secretFile, '/tmp/link'); return read('/tmp/link')`,
    denied: 'ENOENT',
    defences: ['own file system'],
    succeeds: 'read',
  },
  {
    name: 'climbs out of its package by ..',
    attempt: `return read('../../../../../../etc/passwd')`,
    denied: 'ENOENT',
    defences: ['own file system'],
    succeeds: 'read',
  },
  {
    name: 'climbs out by the root of its own process',
    attempt: `return read('/proc/self/root/../../../etc/passwd')`,
    denied: 'ENOENT',
    defences: ['own file system'],
    succeeds: 'read',
  },
  {
    name: 'goes through the root of the host',
    attempt: `return read('/proc/' + scene.hostPid + '/root/etc/passwd')`,
    denied: 'ENOENT',
    defences: ['process namespace', 'no privileges'],
    heldBy: { 'no privileges': 'EACCES' },
    succeeds: 'read',
  },
  {
    name: 'goes through the working directory of the host',
    attempt: `return fs.readdirSync('/proc/' + scene.hostPid + '/cwd/') && 'listed'`,
    denied: 'ENOENT',
    defences: ['process namespace', 'no privileges'],
    heldBy: { 'no privileges': 'EACCES' },
    succeeds: 'listed',
  },
  {
    name: 'looks at the hardware of the machine in /sys',
    attempt: `return fs.readdirSync('/sys/class').length > 0 && 'listed'`,
    denied: 'ENOENT',
    defences: ['own file system'],
    succeeds: 'listed',
  },
  {
    name: 'dials the socket of another plugin',
    attempt: 'return dial(scene.otherSocket)',
    denied: 'ENOENT',
    defences: ['own file system', 'user of its own'],
    heldBy: { 'user of its own': 'EACCES' },
    succeeds: 'connected',
  },
  {
    name: 'reads a secret through a descriptor that the host left open',
    attempt: `const isSecret = (fd) => {
        try { return fs.fstatSync(fd).isFile() && fs.readFileSync(fd, 'utf8') === 'a secret of the host' } catch { return false }
      };
      return fs.readdirSync('/proc/self/fd').map(Number).some(isSecret) ? 'read' : 'none is there'`,
    denied: 'none is there',
    defences: ['descriptors closed'],
    succeeds: 'read',
  },
];
