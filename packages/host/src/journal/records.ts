import { crc32 } from 'node:zlib';

/** Length and checksum, 32 bits each, most significant byte first. */
const headBytes = 8;

/** What was read from a file of records. */
export interface ReadRecords {
  readonly records: readonly Uint8Array[];
  /**
   * What stands behind them. `torn`: a record that was being written when its writer was killed, so that nobody was told it was kept.
   * `damaged`: something that nobody wrote.
   */
  readonly rest: 'nothing' | 'torn' | 'damaged';
}

/** A record as it stands in a file: its length, its CRC-32, and itself. */
export function formatRecord(content: Uint8Array): Buffer {
  const record = Buffer.alloc(headBytes + content.byteLength);
  record.writeUInt32BE(content.byteLength, 0);
  record.writeUInt32BE(crc32(content), 4);
  record.set(content, headBytes);
  return record;
}

/** Reads records, as far as they are whole. */
export function readRecords(bytes: Buffer): ReadRecords {
  const records: Uint8Array[] = [];
  let position = 0;
  while (position < bytes.byteLength) {
    const record = readRecord(bytes.subarray(position));
    if (typeof record === 'string') return { records, rest: record };
    records.push(record);
    position += headBytes + record.byteLength;
  }
  return { records, rest: 'nothing' };
}

function readRecord(bytes: Buffer): Uint8Array | 'torn' | 'damaged' {
  // A file system may have made the file longer before it had what belongs there.
  if (bytes.byteLength < headBytes || bytes.every((byte) => byte === 0)) return 'torn';
  const end = headBytes + bytes.readUInt32BE(0);
  if (end > bytes.byteLength) return 'torn';
  const content = bytes.subarray(headBytes, end);
  return crc32(content) === bytes.readUInt32BE(4) ? content : 'damaged';
}
