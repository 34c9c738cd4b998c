import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import type { SandboxLaunch } from '@stellaops/plugin-abstractions/hosting';
import { shareDirectory } from '../isolation/files/readable-files.ts';
import type { KnownFolders } from './known-folders.ts';
import type { CompiledFile } from '../wire/messages.ts';

/** Packages of which compiled code is kept: beyond, that which was made first goes. */
const maxKept = 64;
const maxFiles = 256;
const fileName = /^[A-Za-z0-9-][A-Za-z0-9.-]{0,99}$/;

/**
 * What V8 made of the code of one package, kept in the runtime directory from one start to the next. It is found by the digest that was
 * admitted, and by this Node: what a runner made of a package is never shown to another one. Whatever goes wrong with it, a plugin is compiled.
 */
export class CompiledCode {
  readonly #directory: string;

  /** Nothing, for a package that nobody verified. */
  static of({ packageDigest, runtimeDirectory }: SandboxLaunch): CompiledCode | undefined {
    return packageDigest === undefined ? undefined : new CompiledCode(runtimeDirectory, packageDigest);
  }

  private constructor(runtimeDirectory: string, packageDigest: string) {
    const node = [process.version, process.arch, String(cachedDataVersionTag())].join(' ');
    const key = createHash('sha256').update(`${packageDigest} ${node}`).digest('hex');
    this.#directory = join(runtimeDirectory, 'compiled', key);
  }

  /** Puts it into a new folder, readable by all. False where there is none. */
  show(folder: string): Promise<boolean> {
    return isDone(shareDirectory(this.#directory, folder));
  }

  /** Puts it into a folder that is there. False where there is none. */
  fill(folder: string, known: KnownFolders): Promise<boolean> {
    return isDone(known.fill(this.#directory, this.#directory, folder));
  }

  /** Keeps what a runner made, unless it is nothing, or not what a runner makes. Never rejects. */
  async keep(files: readonly CompiledFile[]): Promise<void> {
    if (files.length === 0 || files.length > maxFiles || !files.every(({ path }) => isPath(path))) return;
    const folder = dirname(this.#directory);
    const partial = join(folder, `partial-${process.pid}-${process.hrtime.bigint()}`);
    try {
      await mkdir(folder, { recursive: true, mode: 0o711 });
      for (const { path, content } of files) await writeReadable(join(partial, path), content);
      await rename(partial, this.#directory);
      await removeOldest(folder);
    } catch {
      // Another host was faster, or there is no room.
    } finally {
      await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

/** False where there is none yet, or another host has just removed it. */
function isDone(shared: Promise<unknown>): Promise<boolean> {
  return shared.then(
    () => true,
    () => false,
  );
}

function isPath(path: string): boolean {
  const names = path.split('/');
  return names.length <= 3 && names.every((name) => fileName.test(name));
}

async function writeReadable(file: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  await writeFile(file, content, { flag: 'wx' });
  await chmod(file, 0o444); // whatever the umask says
}

async function removeOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= maxKept) return;
  const kept = await Promise.all(
    names.map(async (name) => ({ name, madeAt: (await stat(join(folder, name))).mtimeMs })),
  );
  const oldest = kept.toSorted((one, other) => other.madeAt - one.madeAt).slice(maxKept);
  for (const { name } of oldest) await rm(join(folder, name), { recursive: true, force: true });
}
