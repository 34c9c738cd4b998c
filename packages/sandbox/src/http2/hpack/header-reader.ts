import { BlockCursor } from './block-cursor.ts';
import { compressionError } from './compression-error.ts';
import { DynamicTable } from './dynamic-table.ts';
import type { HeaderField } from './header-field.ts';
import { HeaderList, type ListBounds } from './header-list.ts';
import { staticTable } from './static-table.ts';

/** What the headers of a connection may take. */
export interface HeaderBounds extends ListBounds {
  /**
   * The SETTINGS_HEADER_TABLE_SIZE that was announced: 4096 where none was. The other side begins with 4096 all the same, so less is
   * good only where it knows before its first headers.
   */
  readonly maxTableBytes: number;
}

/** How a representation begins (RFC 7541, 6); below them is a literal that nobody keeps. */
const indexed = 0x80;
const keptLiteral = 0x40;
const tableSize = 0x20;

/** Reads the header blocks of one direction of a connection, each of them once and in the order in which they came (RFC 7541). */
export class HeaderReader {
  readonly #bounds: HeaderBounds;
  readonly #table: DynamicTable;

  constructor(bounds: HeaderBounds) {
    this.#bounds = bounds;
    this.#table = new DynamicTable(bounds.maxTableBytes);
  }

  /**
   * The fields of a whole block, of which nothing but the code was checked. `undefined` when they are beyond the bounds: the blocks that
   * follow are read as ever. Throws `Http2Error` when it is malformed, and no other block can be read then.
   */
  read(block: Uint8Array): readonly HeaderField[] | undefined {
    const cursor = new BlockCursor(block);
    const list = new HeaderList(this.#bounds);
    while (cursor.next >= tableSize && cursor.next < keptLiteral) this.#table.resize(cursor.number(5));
    while (!cursor.isAtEnd) list.add(this.#field(cursor));
    return list.fields;
  }

  #field(cursor: BlockCursor): HeaderField {
    const kind = cursor.next;
    if (kind >= indexed) return this.#entry(cursor.number(7));
    if (kind < tableSize) return this.#literal(cursor, 4);
    if (kind < keptLiteral) throw compressionError('it sent a header table size behind a header');
    const field = this.#literal(cursor, 6);
    this.#table.add(field);
    return field;
  }

  #literal(cursor: BlockCursor, prefixBits: number): HeaderField {
    const index = cursor.number(prefixBits);
    const name = index === 0 ? cursor.text() : this.#entry(index)[0];
    return [name, cursor.text()];
  }

  #entry(index: number): HeaderField {
    const field = staticTable[index - 1] ?? this.#table.at(index - 1 - staticTable.length);
    if (field !== undefined) return field;
    const entries = staticTable.length + this.#table.length;
    throw compressionError(`it sent headers that refer to entry ${index} of ${entries}`);
  }
}
