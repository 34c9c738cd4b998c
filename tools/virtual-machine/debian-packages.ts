import { isOnPath } from '../bubblewrap.ts';

const packageOfProgram = {
  mmdebstrap: 'mmdebstrap',
  genext2fs: 'genext2fs',
  tar: 'tar',
  'qemu-system-x86_64': 'qemu-system-x86',
} as const;

/** The Debian packages that building and booting a virtual machine needs and this machine does not have. */
export function findMissingPackages(path = process.env['PATH']): readonly string[] {
  return Object.entries(packageOfProgram)
    .filter(([program]) => !isOnPath(program, path))
    .map(([, name]) => name);
}
