import type { HostileCase } from '../hostile-case.ts';

/** What processes are told when they start. */
export const environment: readonly HostileCase[] = [
  {
    name: "looks for the host's secrets in its environment",
    attempt: `return process.env.STELLA_SECRET ?? 'absent'`,
    denied: 'absent',
    defences: ['environment emptied by the host', 'environment emptied by bubblewrap'],
    succeeds: 'of the host',
  },
  {
    name: 'looks for them in the environment of the first process',
    attempt: `return fs.readFileSync('/proc/1/environ', 'utf8').includes('STELLA_SECRET') ? 'found' : 'absent'`,
    denied: 'absent',
    defences: ['environment emptied by the host'],
    succeeds: 'found',
  },
  {
    name: 'looks for paths of the host in the command line of the first process',
    attempt: `return fs.readFileSync('/proc/1/cmdline', 'utf8').includes('/host.sock') ? 'found' : 'absent'`,
    denied: 'absent',
    defences: ['arguments in a pipe'],
    succeeds: 'found',
  },
  {
    name: 'reads the command line of the host',
    attempt: `return read('/proc/' + scene.hostPid + '/cmdline')`,
    denied: 'ENOENT',
    defences: ['process namespace'],
    succeeds: 'read',
  },
  {
    name: "reads the machine's name",
    attempt: `return os.hostname() === scene.hostName ? 'read' : os.hostname()`,
    denied: 'plugin',
    defences: ['name namespace'],
    succeeds: 'read',
  },
  {
    name: "reads where in the host's control groups it is",
    attempt: `return /stella-plugin-/.test(fs.readFileSync('/proc/self/cgroup', 'utf8')) ? 'read' : 'hidden'`,
    denied: 'hidden',
    defences: ['control group namespace'],
    succeeds: 'read',
  },
];
