import type { Static, TRefine, TSchema, TUnsafe } from 'typebox';
import { Refine, Unsafe } from './type.ts';

const bytesKeyword = 'x-bytes';

/** The schema of binary data: a `Uint8Array`, which crosses a process border as bytes beside the JSON, never as text. */
export function Bytes(): TRefine<TUnsafe<Uint8Array>> {
  return Refine(
    Unsafe<Uint8Array>({ [bytesKeyword]: true }),
    (value) => value instanceof Uint8Array,
    () => 'must be a Uint8Array',
  );
}

export type { Static, TSchema };
