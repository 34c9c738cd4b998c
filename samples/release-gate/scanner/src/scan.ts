import type { Component, ScanEvent, ScanRefusal } from '@stellaops-samples/release-gate-contracts';
import { toComponents } from './component.ts';
import { readLockfile } from './lockfile.ts';
import { refuse } from './refusal.ts';

/** The largest lockfile that is taken: parsed, it fits well into the memory of a sandbox. */
const sizeLimitMiB = 4;
const batchSize = 100;

/** Reads a lockfile piece by piece, then answers with its components. */
export async function* scan(pieces: AsyncIterable<Uint8Array>): AsyncIterable<ScanEvent> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.byteLength;
    if (bytes > sizeLimitMiB * 1024 * 1024) {
      yield refuse('tooLarge', `is larger than ${sizeLimitMiB} MiB`);
      return;
    }
    parts.push(piece);
    yield { kind: 'read', bytes };
  }

  const found = read(Buffer.concat(parts));
  if ('kind' in found) {
    yield found;
    return;
  }
  const { format, components } = found;
  yield { kind: 'recognized', format, componentCount: components.length };
  for (let start = 0; start < components.length; start += batchSize) {
    yield { kind: 'components', components: components.slice(start, start + batchSize) };
  }
}

function read(
  bytes: Uint8Array,
): { readonly format: string; readonly components: Component[] } | ScanRefusal {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('malformed', 'is not UTF-8 text');
  }
  const lockfile = readLockfile(text);
  if ('kind' in lockfile) return lockfile;
  const components = toComponents(lockfile.packages);
  return 'kind' in components ? components : { format: lockfile.format, components };
}
