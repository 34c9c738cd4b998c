import { Buffer } from 'node:buffer';
import type { FieldReader } from './field-reader.ts';
import type { Attachment, Payload } from './gen/stellaops/plugin/v1/plugin.ts';
import { varintLength, type MessageBuilder } from './message-builder.ts';

/** The field of every message of a stream: what it carries, again and again. */
const entryTag = 0x0a;

/** How many bytes a field takes of which the content has this length; none when it is empty, as proto3 leaves it out. */
export function textFieldLength(length: number): number {
  return length === 0 ? 0 : fieldLength(length);
}

/** The same for a message, which is written although it is empty. */
export function fieldLength(length: number): number {
  return 1 + varintLength(length) + length;
}

/** Begins an entry of a message that is one field, of which the content has this length. */
export function beginEntry(builder: MessageBuilder, tag: number, length: number): void {
  builder.varint(entryTag);
  builder.varint(fieldLength(length));
  builder.varint(tag);
  builder.varint(length);
}

/** Writes an entry of which the bytes are known. */
export function writeEntry(builder: MessageBuilder, bytes: Uint8Array): void {
  builder.varint(entryTag);
  builder.varint(bytes.byteLength);
  builder.data(bytes);
}

/** Writes a text of so many bytes; nothing when it is empty. */
export function writeText(builder: MessageBuilder, tag: number, text: string, length: number): void {
  if (length === 0) return;
  builder.varint(tag);
  builder.varint(length);
  builder.text(text, length);
}

/** How many bytes a payload takes of which the JSON takes so many, without its own tag and length. */
export function payloadLength({ attachments }: Payload, jsonBytes: number): number {
  let length = textFieldLength(jsonBytes);
  for (const attachment of attachments) length += fieldLength(attachmentLength(attachment));
  return length;
}

/** Writes a payload as a field. */
export function writePayload(
  builder: MessageBuilder,
  tag: number,
  payload: Payload,
  length: number,
  jsonBytes: number,
): void {
  builder.varint(tag);
  builder.varint(length);
  writePayloadFields(builder, payload, jsonBytes);
}

/** Writes what stands in a payload. */
export function writePayloadFields(
  builder: MessageBuilder,
  { json, attachments }: Payload,
  jsonBytes: number,
): void {
  writeText(builder, 0x0a, json, jsonBytes);
  for (const attachment of attachments) {
    builder.varint(0x12);
    builder.varint(attachmentLength(attachment));
    writeText(builder, 0x0a, attachment.pointer, Buffer.byteLength(attachment.pointer));
    if (attachment.data.byteLength === 0) continue;
    builder.varint(0x12);
    builder.varint(attachment.data.byteLength);
    builder.data(attachment.data);
  }
}

/**
 * What holds data that was received is made by a constructor. V8 may make what is written as a literal old from the beginning, where those
 * before lived for a while, and it would keep its data until the whole heap is marked.
 */
class ReadPayload implements Payload {
  readonly json: string;
  readonly attachments: Attachment[];

  constructor(json: string, attachments: Attachment[]) {
    this.json = json;
    this.attachments = attachments;
  }
}

class ReadAttachment implements Attachment {
  readonly pointer: string;
  readonly data: Uint8Array;

  constructor(pointer: string, data: Uint8Array) {
    this.pointer = pointer;
    this.data = data;
  }
}

/** Reads a payload. */
export function readPayload(reader: FieldReader): Payload {
  const outer = reader.enter();
  let json = '';
  let attachments: Attachment[] | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) json = reader.text();
    else if (tag === 0x12) attachments = withAttachment(attachments, readAttachment(reader));
    else reader.refuse();
  }
  reader.leave(outer);
  return new ReadPayload(json, attachments ?? none);
}

function withAttachment(attachments: Attachment[] | undefined, attachment: Attachment): Attachment[] {
  if (!attachments) return Array.of(attachment);
  attachments.push(attachment);
  return attachments;
}

function attachmentLength({ pointer, data }: Attachment): number {
  return textFieldLength(Buffer.byteLength(pointer)) + textFieldLength(data.byteLength);
}

function readAttachment(reader: FieldReader): Attachment {
  const outer = reader.enter();
  let pointer = '';
  let data: Uint8Array = nothing;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) pointer = reader.text();
    else if (tag === 0x12) data = reader.data();
    else reader.refuse();
  }
  reader.leave(outer);
  return new ReadAttachment(pointer, data);
}

const nothing = new Uint8Array();
const none: Attachment[] = [];
