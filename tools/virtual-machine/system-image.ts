import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../run.ts';

/** What a virtual machine boots from. Nothing writes to it after it is made. */
export interface SystemImage {
  readonly disk: string;
  readonly kernel: string;
  readonly initialRamDisk: string;
}

const packages = [
  'systemd-sysv',
  'udev',
  'dbus',
  'dbus-user-session',
  'libpam-systemd',
  'linux-image-cloud-amd64',
  'initramfs-tools',
  'bubblewrap',
  'util-linux',
  'procps',
  'libatomic1',
  'strace',
];

/** Nobody reads there. */
const leftOut = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*'];
const unit = new URL('guest/virtual-machine.service', import.meta.url).pathname;

/** A small Debian with systemd, the user `ordinary`, whose systemd always runs, and a unit that runs the tests. Made once, and kept in `folder`. */
export async function prepareImage(suite: string, folder: string): Promise<SystemImage> {
  const key = createHash('sha256').update(JSON.stringify(imageArguments(suite, '')));
  const wanted = key.update(await readFile(unit)).digest('hex');
  const made = await readFile(join(folder, 'key'), 'utf8').catch(() => undefined);
  if (made !== wanted) await makeImage(suite, folder, wanted);
  return {
    disk: join(folder, 'system.ext2'),
    kernel: findOne(join(folder, 'boot/vmlinuz-*')),
    initialRamDisk: findOne(join(folder, 'boot/initrd.img-*')),
  };
}

async function makeImage(suite: string, folder: string, key: string): Promise<void> {
  console.log(`Making a Debian ${suite}, once: about a minute, and 300 MiB in ${folder}`);
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await run('mmdebstrap', imageArguments(suite, unfinished));
  await writeFile(join(unfinished, 'key'), key);
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
}

function imageArguments(suite: string, folder: string): readonly string[] {
  const hooks = [
    `copy-in ${unit} /etc/systemd/system`,
    'chroot "$1" systemctl enable virtual-machine.service',
    'echo 127.0.0.1 localhost > "$1/etc/hosts"',
    'chroot "$1" useradd --create-home --shell /bin/bash ordinary',
    'mkdir -p "$1/var/lib/systemd/linger" && touch "$1/var/lib/systemd/linger/ordinary"',
    `copy-out /boot ${folder}`,
  ];
  return [
    '--variant=minbase',
    '--format=ext2',
    `--include=${packages.join(',')}`,
    ...leftOut.map((path) => `--dpkgopt=path-exclude=${path}`),
    ...hooks.map((hook) => `--customize-hook=${hook}`),
    suite,
    join(folder, 'system.ext2'),
  ];
}

function findOne(pattern: string): string {
  const [file] = globSync(pattern);
  if (file === undefined) throw new Error(`the image has no ${pattern}: remove its folder and try again`);
  return file;
}
