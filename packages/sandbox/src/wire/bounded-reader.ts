import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { FieldReader } from './field-reader.ts';

/**
 * A reader of protobuf of a part of a message, which gives up after so many tags and lengths: small fields become objects that are much
 * larger.
 */
export function boundedReader(
  fields: Pick<FieldReader, 'bytes' | 'maxFields' | 'isReferredTo'>,
  start: number,
  end: number,
): BinaryReader {
  const { bytes, maxFields } = fields;
  const reader = new BinaryReader(bytes.subarray(start, end));
  fields.isReferredTo = true; // what it reads of binary data are views
  const { uint32 } = reader;
  let left = maxFields;
  reader.uint32 = () => {
    if (--left < 0) throw new RangeError(`it has more than ${maxFields} fields`);
    return uint32.call(reader);
  };
  return reader;
}
