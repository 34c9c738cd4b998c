import type { BinaryReader } from '@bufbuild/protobuf/wire';
import { boundedReader } from './bounded-reader.ts';
import { readCall, readResponse, writeCall, writeResponse } from './call-fields.ts';
import type { CallFrame, HostFrame, Item, RunnerFrame } from './connection.ts';
import type { FieldReader } from './field-reader.ts';
import { binaryBytes } from './frame-bytes.ts';
import {
  HostFrame as HostFrameFields,
  Item as ItemFields,
  RunnerFrame as RunnerFrameFields,
  type Payload,
} from './gen/stellaops/plugin/v1/plugin.ts';
import { textLength, type MessageBuilder } from './message-builder.ts';
import { beginEntry, payloadLength, readPayload, writeEntry, writePayloadFields } from './payload-fields.ts';

/** Tags of fields that hold a message: those of a frame, and of an item. */
const callTag = 0x1a;
const answerTag = 0x22;
const valueTag = 0x12;

/** A class, as it holds data that was received: `ReadPayload` says why. */
class ReadValue {
  readonly $case = 'value';
  readonly value: Payload;

  constructor(value: Payload) {
    this.value = value;
  }
}

/** How the entries of one direction of a stream are written and read: frames of an Attach, items of a Transfer. */
export interface EntryCodec<Entry> {
  /** Adds an entry to the message that is being written. */
  write(builder: MessageBuilder, entry: Entry): void;
  /**
   * The entry that stands in the message of the reader from `start` to `end`; `undefined` for one that is empty, or not known. Throws
   * an `Error` for what cannot be read, and a `RangeError` when it has more fields than the reader allows.
   */
  read(reader: FieldReader, start: number, end: number): Entry | undefined;
  /** How much of an entry is binary data. */
  binaryBytes(entry: Entry): number;
  /** Whether entries wait until somebody reads them: none may keep more of its message than itself. */
  readonly isQueued: boolean;
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
  read: (reader, start, end) => {
    reader.begin(start, end);
    if (reader.tag() === valueTag) {
      const value = readPayload(reader);
      if (reader.tag() === 0 && reader.isGood) return new ReadValue(value);
    }
    return ItemFields.decode(boundedReader(reader, start, end)).item;
  },
  binaryBytes,
  isQueued: true,
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
    read: (reader, start, end) => {
      reader.begin(start, end);
      return readCallFrame(reader) ?? generated.decode(boundedReader(reader, start, end));
    },
    binaryBytes,
    isQueued: false,
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
