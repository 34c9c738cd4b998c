import type { Buffer } from 'node:buffer';
import type { BinaryReader } from '@bufbuild/protobuf/wire';
import { boundedReader } from './bounded-reader.ts';
import { readCall, readResponse, writeCall, writeResponse } from './call-fields.ts';
import type { CallFrame, HostFrame, Item, RunnerFrame } from './connection.ts';
import { FieldReader } from './field-reader.ts';
import { binaryBytes } from './frame-bytes.ts';
import {
  HostFrame as HostFrameFields,
  Item as ItemFields,
  RunnerFrame as RunnerFrameFields,
} from './gen/stellaops/plugin/v1/plugin.ts';
import { textLength, type MessageBuilder } from './message-builder.ts';
import { beginEntry, payloadLength, readPayload, writeEntry, writePayloadFields } from './payload-fields.ts';

/** Tags of fields that hold a message: those of a frame, and of an item. */
const callTag = 0x1a;
const answerTag = 0x22;
const valueTag = 0x12;

/** How the entries of one direction of a stream are written and read: frames of an Attach, items of a Transfer. */
export interface EntryCodec<Entry> {
  /** Adds an entry to the message that is being written. */
  write(builder: MessageBuilder, entry: Entry): void;
  /**
   * The entry that stands in a message from `start` to `end`; `undefined` for one that is empty, or not known. Throws an `Error`
   * for what cannot be read, and a `RangeError` when it has more fields than these.
   */
  read(bytes: Buffer, start: number, end: number, maxFields: number): Entry | undefined;
  /** How much of an entry is binary data. */
  binaryBytes(entry: Entry): number;
}

/** What a runner says. */
export const runnerFrames: EntryCodec<RunnerFrame> = frameCodec({
  encode: (frame) => RunnerFrameFields.encode({ frame }).finish(),
  decode: (reader) => RunnerFrameFields.decode(reader).frame,
});

/** What a host says. */
export const hostFrames: EntryCodec<HostFrame> = frameCodec({
  encode: (frame) => HostFrameFields.encode({ frame }).finish(),
  decode: (reader) => HostFrameFields.decode(reader).frame,
});

/** What stands on the stream of a call. */
export const items: EntryCodec<Item> = {
  write: (builder, item) => {
    if (item.$case !== 'value') return writeEntry(builder, ItemFields.encode({ item }).finish());
    const jsonBytes = textLength(item.value.json);
    beginEntry(builder, valueTag, payloadLength(item.value, jsonBytes));
    writePayloadFields(builder, item.value, jsonBytes);
  },
  read: (bytes, start, end, maxFields) => {
    const reader = new FieldReader(bytes, start, end, maxFields);
    if (reader.tag() === valueTag) {
      const value = readPayload(reader);
      if (reader.tag() === 0 && reader.isGood) return { $case: 'value', value };
    }
    return ItemFields.decode(boundedReader(bytes.subarray(start, end), maxFields)).item;
  },
  binaryBytes,
};

/** The frequent frames by hand, which have the same numbers on both sides; the others, and whatever looks unusual, as generated. */
function frameCodec<Frame extends HostFrame | RunnerFrame>(generated: {
  encode(frame: Frame): Uint8Array;
  decode(reader: BinaryReader): Frame | undefined;
}): EntryCodec<Frame | CallFrame> {
  return {
    write: (builder, frame) => {
      if (frame.$case === 'call') writeCall(builder, callTag, frame.value);
      else if (frame.$case === 'answer' && frame.value.result?.$case === 'response')
        writeResponse(builder, answerTag, frame.value.id, frame.value.result.value);
      else writeEntry(builder, generated.encode(frame as Frame)); // the calls of a side are among its frames
    },
    read: (bytes, start, end, maxFields) =>
      readCallFrame(new FieldReader(bytes, start, end, maxFields)) ??
      generated.decode(boundedReader(bytes.subarray(start, end), maxFields)),
    binaryBytes,
  };
}

function readCallFrame(reader: FieldReader): CallFrame | undefined {
  const tag = reader.tag();
  const frame =
    tag === callTag
      ? ({ $case: 'call', value: readCall(reader) } as const)
      : tag === answerTag
        ? ({ $case: 'answer', value: readResponse(reader) } as const)
        : undefined;
  return reader.tag() === 0 && reader.isGood ? frame : undefined;
}
