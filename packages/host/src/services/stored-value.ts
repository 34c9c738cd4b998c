import type { StoredValue } from '@stellaops/plugin-abstractions/services';

/** A value as the database has it: JSON is text, binary data a blob. */
export type ColumnValue = string | Uint8Array;

/** Throws a `TypeError` for what is neither binary data nor JSON. */
export function toColumn(value: StoredValue): ColumnValue {
  if (value instanceof Uint8Array) return value;
  // The holder has what a `toJSON`, such as that of a Buffer, has not yet changed.
  const json: string | undefined = JSON.stringify(value, function (this: object, key, part: unknown) {
    if (Object(Reflect.get(this, key)) instanceof Uint8Array)
      throw new TypeError('binary data is stored as a whole value, and not as a part of one');
    return part;
  });
  if (json === undefined) throw new TypeError('JSON cannot say it');
  return json;
}

export function fromColumn(column: ColumnValue): StoredValue {
  return typeof column === 'string' ? (JSON.parse(column) as StoredValue) : column; // written by the function above
}
