/** One header or trailer; a character for each octet of it (latin1). */
export type HeaderField = readonly [name: string, value: string];

/** What an entry takes besides its octets, as everyone estimates it (RFC 7541, 4.1). */
const entryOverheadBytes = 32;

/** The size of a field, in a table (RFC 7541, 4.1) as in a list (RFC 9113, 6.5.2). */
export function fieldBytes([name, value]: HeaderField): number {
  return name.length + value.length + entryOverheadBytes;
}
