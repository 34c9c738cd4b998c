import { BinaryReader } from '@bufbuild/protobuf/wire';

const maxEntries = 128;
const maxBytes = 64 * 1024;
const lengthDelimited = 2;

/**
 * Where the first few entries of a message end that starts here: at most 128 and 64 KiB of them, or one that is larger. A message
 * of the wire is one repeated field, so each such part of it is a message of its own. Throws an `Error` for what is no protobuf.
 */
export function endOfSlice(message: Uint8Array, start: number): number {
  let end = start;
  for (let entries = 0; entries < maxEntries && end < message.length; entries++) {
    const next = endOfField(message, end);
    if (entries > 0 && next - start > maxBytes) break;
    end = next;
  }
  return end;
}

/** Whether a part of a message is one entry that is larger than a slice. */
export function isLargeEntry(length: number): boolean {
  return length > maxBytes;
}

function endOfField(message: Uint8Array, start: number): number {
  const tag = message[start] ?? 0;
  const length = message[start + 1] ?? 0;
  const isShort = (tag & 0x87) === lengthDelimited && length < 0x80; // a tag and a length of one byte each
  const end = isShort ? start + 2 + length : endOfAnyField(message.subarray(start)) + start;
  if (end > message.length) throw new RangeError('it is cut off');
  return end;
}

function endOfAnyField(bytes: Uint8Array): number {
  const reader = new BinaryReader(bytes);
  const [number, type] = reader.tag();
  reader.skip(type, number);
  return reader.pos;
}
