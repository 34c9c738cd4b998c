import { BinaryReader } from '@bufbuild/protobuf/wire';

/** A reader of protobuf that gives up after so many tags and lengths: small fields become objects that are much larger. */
export function boundedReader(bytes: Uint8Array, maxReads: number): BinaryReader {
  const reader = new BinaryReader(bytes);
  const { uint32 } = reader;
  let left = maxReads;
  reader.uint32 = () => {
    if (--left < 0) throw new RangeError(`it has more than ${maxReads} fields`);
    return uint32.call(reader);
  };
  return reader;
}
