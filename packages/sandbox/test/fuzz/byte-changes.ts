import * as fc from 'fast-check';

/** One thing that is done to bytes. Places are parts of 65536, so that a change fits bytes of every length. */
type ByteChange =
  | { readonly do: 'set'; readonly at: number; readonly byte: number }
  | { readonly do: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly do: 'remove' | 'repeat'; readonly at: number; readonly count: number }
  | { readonly do: 'cut'; readonly at: number };

export type ByteChanges = readonly ByteChange[];

const at = fc.nat(65_535);
const change: fc.Arbitrary<ByteChange> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('set' as const), at, byte: fc.nat(255) }) },
  fc.record({
    do: fc.constant('insert' as const),
    at,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }),
  }),
  fc.record({
    do: fc.constantFrom('remove' as const, 'repeat' as const),
    at,
    count: fc.integer({ min: 1, max: 64 }),
  }),
  fc.record({ do: fc.constant('cut' as const), at }),
);

/** No change, or a few. */
export const byteChanges: fc.Arbitrary<ByteChanges> = fc.oneof(
  fc.constant([]),
  fc.array(change, { minLength: 1, maxLength: 4 }),
);

/** The bytes with the changes made, one after the other. */
export function changed(bytes: Uint8Array, changes: ByteChanges): Buffer {
  return changes.reduce<Buffer>(changedOnce, Buffer.from(bytes));
}

function changedOnce(bytes: Buffer, made: ByteChange): Buffer {
  const place = Math.floor((made.at / 65_536) * bytes.length);
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  switch (made.do) {
    case 'set':
      return Buffer.concat([before, after.length > 0 ? Buffer.from([made.byte]) : after, after.subarray(1)]);
    case 'insert':
      return Buffer.concat([before, made.bytes, after]);
    case 'remove':
      return Buffer.concat([before, after.subarray(made.count)]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, made.count), after]);
    case 'cut':
      return before;
    default:
      return made satisfies never;
  }
}
