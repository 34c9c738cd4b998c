import type { Mount } from './process-facts.ts';

/** What bubblewrap is told to show inside, and what `--dev` makes by itself (bwrap(1)). */
const expectedPoints = new Set([
  '/',
  '/plugin',
  '/run/host.sock',
  '/runtime/node',
  '/proc',
  '/dev',
  '/tmp',
  ...['null', 'zero', 'full', 'random', 'urandom', 'tty', 'pts', 'console'].map((name) => `/dev/${name}`),
]);

/** Whether a mount has its place in a sandbox. Entries of `/proc` are covered by empty folders and devices. */
export function isExpectedMount(point: string, libraries: readonly string[]): boolean {
  return (
    expectedPoints.has(point) ||
    libraries.includes(point) ||
    /^\/(?:runtime\/(?:runner\.\w+|compiled|prlimit|setpriv)|proc\/(?:1\/(?:task\/1\/)?)?[\w.-]+)$/.test(
      point,
    )
  );
}

/** `/tmp` is bounded memory, the devices keep nothing, and in `/proc` all belongs to root but the process's own. */
export function isWritableByDesign({ point, type }: Mount): boolean {
  return (
    (point === '/tmp' && type === 'tmpfs') || (point === '/proc' && type === 'proc') || isDevice(point, type)
  );
}

function isDevice(point: string, type: string): boolean {
  return point.startsWith('/dev/') && (type === 'devtmpfs' || type === 'devpts' || type === 'tmpfs');
}
