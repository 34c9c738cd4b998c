import type { Buffer } from 'node:buffer';

/** What kinds of frames there are (RFC 9113, 6). */
export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** What a frame may say besides its kind. Settings and pings have `ack` where others have `endStream`. */
export const frameFlag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

/** Length, kind, flags and stream (RFC 9113, 4.1). */
export const frameHeadBytes = 9;

/** What everybody takes in a frame, and how large one that carries no data may be here (RFC 9113, 4.2). */
export const leastMaxFrameBytes = 16 * 1024;

/** Streams have numbers of 31 bits, and so have windows. */
export const largestNumber = 2 ** 31 - 1;

/** Writes the head of a frame whose payload has so many bytes. Returns where the payload begins. */
export function writeFrameHead(
  target: Buffer,
  position: number,
  length: number,
  type: number,
  flags: number,
  stream: number,
): number {
  target[position] = length >>> 16;
  target[position + 1] = length >>> 8;
  target[position + 2] = length;
  target[position + 3] = type;
  target[position + 4] = flags;
  target[position + 5] = stream >>> 24;
  target[position + 6] = stream >>> 16;
  target[position + 7] = stream >>> 8;
  target[position + 8] = stream;
  return position + frameHeadBytes;
}
