import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Component, ScanEvent } from '@stellaops-samples/release-gate-contracts';
import { scan } from '../src/scan.ts';

/** What the scanner says to a lockfile that arrives in pieces of this size. */
export async function scanText(
  lockfile: string | Uint8Array,
  pieceBytes = 64 * 1024,
): Promise<readonly ScanEvent[]> {
  const bytes = Buffer.from(lockfile);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < bytes.length; start += pieceBytes)
      yield bytes.subarray(start, start + pieceBytes);
  }
  return Array.fromAsync(scan(pieces()));
}

/** The components of a lockfile that is taken. */
export async function componentsOf(lockfile: string): Promise<readonly Component[]> {
  return (await scanText(lockfile)).flatMap((event) => (event.kind === 'components' ? event.components : []));
}

/** The `name@version` of each component, sorted. */
export async function namesOf(lockfile: string): Promise<readonly string[]> {
  return (await componentsOf(lockfile)).map((component) => component['bom-ref']).toSorted();
}

/** A lockfile that pnpm or npm wrote for one and the same small project. */
export function fixture(name: string): string {
  return readFileSync(resolve(import.meta.dirname, 'fixtures', name), 'utf8');
}
