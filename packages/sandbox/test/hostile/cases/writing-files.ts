import type { HostileCase } from '../hostile-case.ts';

/** Files that belong to the host's user; where that is the plugin's too, their modes do not stop it. */
function intoPackage(name: string, attempt: string, succeeds: string, notItsOwn: string): HostileCase {
  return {
    name,
    attempt,
    denied: 'EROFS',
    defences: ['read-only mounts', 'user of its own'],
    heldBy: { 'user of its own': notItsOwn },
    succeeds,
  };
}

function intoOwnFileSystem(name: string, path: string): HostileCase {
  return {
    name,
    attempt: `return write('${path}')`,
    denied: 'EROFS',
    defences: ['read-only mounts'],
    succeeds: 'written',
  };
}

/** Places that must stay as the host made them. */
export const writingFiles: readonly HostileCase[] = [
  intoPackage('adds a file to its package', `return write('/plugin/added')`, 'written', 'EACCES'),
  intoPackage(
    'changes a file of its package',
    `fs.chmodSync('/plugin/plugin.json', 0o644); return write('/plugin/plugin.json')`,
    'written',
    'EPERM',
  ),
  intoPackage(
    'links a file of its package under another name',
    `fs.linkSync('/plugin/plugin.json', '/plugin/linked'); return 'linked'`,
    'linked',
    'EPERM',
  ),
  intoPackage(
    'changes the runner, which other plugins run with',
    `fs.chmodSync('/runtime/runner.cjs', 0o444); return 'changed'`,
    'changed',
    'EPERM',
  ),
  {
    name: 'changes the Node binary, which the host runs with too',
    // To what it is already.
    attempt: `fs.chmodSync('/runtime/node', fs.statSync('/runtime/node').mode & 0o7777); return 'changed'`,
    denied: 'EROFS',
    defences: ['read-only mounts', 'no privileges'],
    heldBy: { 'no privileges': 'EPERM' },
    succeeds: 'changed',
  },
  intoOwnFileSystem('puts a file into the root', '/x'),
  intoOwnFileSystem('puts a file beside the socket of the host', '/run/x'),
  intoOwnFileSystem('puts a file beside Node', '/runtime/x'),
  intoOwnFileSystem('puts a file among the devices', '/dev/x'),
  intoOwnFileSystem('puts a file into shared memory, where no limit of /tmp counts', '/dev/shm/x'),
];
