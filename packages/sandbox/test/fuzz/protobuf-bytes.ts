import * as fc from 'fast-check';

/** What protobuf is made of, down to the wire types that nobody uses any more, and two that do not exist. */
type Field =
  | { readonly number: number; readonly type: 0 | 1 | 3 | 4 | 5 | 6 | 7; readonly bytes: Uint8Array }
  | { readonly number: number; readonly type: 2; readonly fields: readonly Field[]; readonly excess: number };

const number = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 9 }) },
  fc.integer({ min: 0, max: 536_870_911 }),
);
const { fields } = fc.letrec<{ fields: readonly Field[]; field: Field }>((tie) => ({
  fields: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    fc.constant([]),
    fc.array(tie('field'), { maxLength: 6 }),
  ),
  field: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        number,
        type: fc.constant(2 as const),
        fields: tie('fields'),
        // How far its length is from the truth.
        excess: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: -2, max: 1000 })),
      }),
    },
    fc.record({
      number,
      type: fc.constantFrom(
        0 as const,
        0 as const,
        1 as const,
        3 as const,
        4 as const,
        5 as const,
        6 as const,
        7 as const,
      ),
      bytes: fc.uint8Array({ maxLength: 12 }),
    }),
  ),
}));

/** Bytes that look like protobuf, with the field numbers of the wire among others. */
export const protobufBytes: fc.Arbitrary<Uint8Array> = fields.map(encode);

function encode(all: readonly Field[]): Buffer {
  return Buffer.concat(
    all.flatMap((field) => {
      const tag = varint(field.number * 8 + field.type);
      if (field.type !== 2) return [tag, field.bytes];
      const content = encode(field.fields);
      return [tag, varint(Math.max(0, content.length + field.excess)), content];
    }),
  );
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) return Buffer.from(bytes);
  }
}
