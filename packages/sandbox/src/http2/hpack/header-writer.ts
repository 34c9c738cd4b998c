import { Buffer } from 'node:buffer';
import type { HeaderField } from './header-field.ts';
import { staticTable } from './static-table.ts';

/** Where a name stands first; those of the same name follow. */
const indexes = new Map(staticTable.map(([name], entry) => [name, entry + 1] as const).toReversed());

/** The header block of these fields, in latin1, which says nothing that the other side has to keep (RFC 7541, 6.1 and 6.2.2). */
export function writeHeaders(fields: Iterable<HeaderField>): Buffer {
  let block = '';
  for (const field of fields) block += representation(field);
  return Buffer.from(block, 'latin1');
}

function representation([name, value]: HeaderField): string {
  const first = indexes.get(name);
  if (first === undefined) return number(0, 4, 0) + text(name) + text(value);
  for (let index = first; staticTable[index - 1]?.[0] === name; index++)
    if (staticTable[index - 1]?.[1] === value) return number(0x80, 7, index);
  return number(0, 4, first) + text(value);
}

function text(characters: string): string {
  return number(0, 7, characters.length) + characters;
}

/** A number below these flags, in as many bits as they leave, and in further bytes where it needs them (RFC 7541, 5.1). */
function number(flags: number, prefixBits: number, value: number): string {
  const largest = (1 << prefixBits) - 1;
  if (value < largest) return String.fromCharCode(flags | value);
  let written = String.fromCharCode(flags | largest);
  let left = value - largest;
  for (; left >= 0x80; left >>= 7) written += String.fromCharCode(0x80 | (left & 0x7f));
  return written + String.fromCharCode(left);
}
