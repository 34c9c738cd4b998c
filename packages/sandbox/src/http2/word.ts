import { Buffer } from 'node:buffer';

/** A number of 32 bits, as frames have it. */
export function word(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
