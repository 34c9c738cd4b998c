import { Buffer } from 'node:buffer';
import type { HeaderField } from './header-field.ts';
import { writeHeaders } from './header-writer.ts';

/** A table of no bytes (RFC 7541, 6.3). */
const noTable = Buffer.from([0x20]);

/**
 * The header blocks of one direction of a connection, written in the order in which they are sent. The first says that nothing has to be
 * kept, which must be said to a side that keeps less than it does by default (RFC 7541, 4.2), and which is right for every other.
 */
export class HeaderBlocks {
  #hasBegun = false;

  write(fields: readonly HeaderField[]): Buffer {
    const block = writeHeaders(fields);
    if (this.#hasBegun) return block;
    this.#hasBegun = true;
    return Buffer.concat([noTable, block]);
  }
}
