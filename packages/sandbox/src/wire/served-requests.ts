import { PluginError } from '@stellaops/plugin-abstractions';
import type { CallTarget, MessageLimits } from '@stellaops/plugin-abstractions/hosting';
import type { Call } from './gen/stellaops/plugin/v1/plugin.ts';

/** What is smaller is bounded by the number of calls. */
const countedFromBytes = 64 * 1024;
/** Requests of the largest size that may be served at once. */
const maxLargest = 16;
/** What is made of JSON takes up to so many times the memory of its text. */
const memoryPerCharacter = 8;

/** The memory that the requests of one plugin take while they are served. */
export class ServedRequests {
  readonly #limit: number;
  readonly #bytes = new Map<number, number>();
  #held = 0;

  constructor({ jsonLimitBytes, bytesLimitBytes }: MessageLimits) {
    this.#limit = maxLargest * (jsonLimitBytes + bytesLimitBytes);
  }

  /** Counts a call that begins. Throws `CALL_REFUSED` when those that are served take too much. */
  add(call: Call, target: CallTarget): void {
    const bytes = bytesOf(call);
    if (bytes < countedFromBytes) return;
    if (this.#held + bytes > this.#limit) {
      const limitCount = this.#bytes.size;
      throw new PluginError('CALL_REFUSED', { ...target, limitCount, option: 'messages.bytesLimitBytes' });
    }
    this.#held += bytes;
    this.#bytes.set(call.id, bytes);
  }

  /** One that has ended. */
  remove(id: number): void {
    const bytes = this.#bytes.get(id);
    if (bytes === undefined) return;
    this.#held -= bytes;
    this.#bytes.delete(id);
  }
}

function bytesOf({ request, traceparent }: Call): number {
  let bytes = traceparent.length;
  if (!request) return bytes;
  bytes += memoryPerCharacter * request.json.length;
  for (const { pointer, data } of request.attachments) bytes += pointer.length + data.byteLength;
  return bytes;
}
