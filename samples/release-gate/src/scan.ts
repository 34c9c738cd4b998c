import { CanScan, type Component, type ScanResult } from '@stellaops-samples/release-gate-contracts';
import type { PluginHost } from '@stellaops/plugin-host';
import { isPluginError } from '@stellaops/plugin-sdk';
import { BadInput } from './bad-input.ts';
import { printable } from './printable.ts';

const pieceBytes = 64 * 1024;
const wrongCount = 'the scanner did not name as many components as it had announced';

/** What is to be scanned, and who wants to hear of it. */
export interface ScanOrder {
  readonly lockfile: { readonly name: string; readonly bytes: Uint8Array };
  /** Told what is being done, and which fraction of the whole is done. */
  readonly onProgress: (doing: string, fraction: number) => void;
  /** Told once, in the middle of the call: the scanner is at work, and the end of the lockfile is held back. */
  readonly inMidCall?: () => void;
}

/**
 * Has the plugin that provides `CanScan` read a lockfile. When there is no such plugin, or it fails, the result says so and
 * has what was found until then. Rejects with {@link BadInput} for a file that the plugin does not take.
 */
export async function scanLockfile(host: PluginHost, order: ScanOrder): Promise<ScanResult> {
  const { lockfile, onProgress, inMidCall } = order;
  const components: Component[] = [];
  const heard = inMidCall && Promise.withResolvers<void>();
  let isHeard = false;
  let componentCount = -1; // not told yet
  try {
    for await (const event of host.resolve(CanScan).scan(pieces(lockfile.bytes, heard?.promise))) {
      switch (event.kind) {
        case 'read':
          onProgress(`reading ${lockfile.name}`, event.bytes / lockfile.bytes.byteLength / 2);
          break;
        case 'refused':
          throw new BadInput(`${lockfile.name} ${event.problem}`);
        case 'recognized':
          componentCount = event.componentCount;
          break;
        case 'components':
          components.push(...event.components);
          if (components.length > componentCount) return { components, problem: wrongCount };
          onProgress(
            `${components.length} of ${componentCount} components`,
            (1 + components.length / componentCount) / 2,
          );
          break;
      }
      if (!isHeard) inMidCall?.();
      isHeard = true;
      heard?.resolve();
    }
  } catch (error) {
    if (!isPluginError(error)) throw error;
    return { components, problem: printable(`${error.code}: ${error.message}`) };
  }
  return components.length === componentCount ? { components } : { components, problem: wrongCount };
}

async function* pieces(
  bytes: Uint8Array,
  beforeTheSecond: Promise<void> | undefined,
): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += pieceBytes) {
    yield bytes.subarray(start, start + pieceBytes);
    await beforeTheSecond;
  }
}
