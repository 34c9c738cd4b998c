import { createHash } from 'node:crypto';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checksumsFile, signatureFile, type PackageChecksums } from '@stellaops/plugin-abstractions/hosting';
import { openPackageFile } from './open-package-file.ts';
import { packageInvalid } from './package-invalid.ts';
import type { PackageLimits } from './package-limits.ts';
import { walkPackage, type PackageFile, type PackageRoot } from './package-walk.ts';

/** What a package holds, each file read exactly once. */
export interface PackageContent {
  /** Of every file but the two below. */
  readonly checksums: PackageChecksums;
  /** The bytes of its `SHA256SUMS`, when it has one. */
  readonly sums?: Uint8Array;
  /** The bytes of its `SHA256SUMS.sigstore.json`, when it has one. */
  readonly signature?: Uint8Array;
}

type Sink = (bytes: Uint8Array) => void | Promise<void>;

const chunkBytes = 256 * 1024;
const mebibyte = 1024 * 1024;

/**
 * Hashes a package and, given a directory, copies it there: the bytes that are hashed are the bytes that are written. The two
 * files about the package are returned and not copied. Rejects with `PACKAGE_INVALID`, and with the errors of the file system.
 */
export async function readPackageContent(
  root: PackageRoot,
  limits: PackageLimits,
  copyTo?: string,
): Promise<PackageContent> {
  const checksums = new Map<string, string>();
  const held = new Map<string, Uint8Array>();
  let remainingBytes = limits.maxSizeMiB * mebibyte;
  const spend = (bytes: Uint8Array): void => {
    remainingBytes -= bytes.length;
    if (remainingBytes < 0) throw packageInvalid(root.source, `it is larger than ${limits.maxSizeMiB} MiB`);
  };
  // One file at a time: the bounds hold at every moment, and the disk is the narrow place anyway.
  for (const file of await walkPackage(root, limits)) {
    if (file.path.startsWith(`${checksumsFile}/`))
      throw packageInvalid(root.source, `${checksumsFile} is a folder`);
    await using handle = await openPackageFile(root, file);
    if (file.path === checksumsFile || file.path === signatureFile) {
      held.set(file.path, await readSmall(root, file, handle));
      continue;
    }
    const hash = createHash('sha256');
    await using copy = copyTo === undefined ? undefined : await createCopy(join(copyTo, file.path));
    await pump(handle, async (bytes) => {
      spend(bytes);
      hash.update(bytes);
      await copy?.writeFile(bytes);
    });
    await copy?.chmod(0o444);
    checksums.set(file.path, hash.digest('hex'));
  }
  const [sums, signature] = [held.get(checksumsFile), held.get(signatureFile)];
  return { checksums, ...(sums && { sums }), ...(signature && { signature }) };
}

async function createCopy(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return open(path, 'wx', 0o600);
}

async function pump(handle: FileHandle, sink: Sink): Promise<void> {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  for (;;) {
    // One chunk at a time: the next read goes into the same buffer.
    const { bytesRead } = await handle.read(buffer, 0, buffer.length);
    if (bytesRead === 0) return;
    await sink(buffer.subarray(0, bytesRead));
  }
}

/** `SHA256SUMS` names at most as many files as a package may have; a signature is far smaller. */
async function readSmall(root: PackageRoot, file: PackageFile, handle: FileHandle): Promise<Uint8Array> {
  const limitMiB = file.path === signatureFile ? 1 : 16;
  const chunks: Uint8Array[] = [];
  let size = 0;
  await pump(handle, (bytes) => {
    size += bytes.length;
    if (size > limitMiB * mebibyte)
      throw packageInvalid(root.source, `${file.path} is larger than ${limitMiB} MiB`);
    chunks.push(Uint8Array.from(bytes));
  });
  return Buffer.concat(chunks);
}
