import { Buffer } from 'node:buffer';
import type { HostFrame, Item, RunnerFrame } from './connection.ts';
import type { Answer, Failure, Payload } from './gen/stellaops/plugin/v1/plugin.ts';

/** How large a frame is on the wire, but for small things. */
export function frameBytes(frame: HostFrame | RunnerFrame): number {
  switch (frame.$case) {
    case 'call':
      return payloadBytes(frame.value.request);
    case 'answer':
      return answerBytes(frame.value);
    case 'controlDone':
      return failureBytes(frame.value.failure);
    case 'log':
      return Buffer.byteLength(frame.value.message) + Buffer.byteLength(frame.value.fieldsJson);
    case 'cancel':
      return Buffer.byteLength(frame.value.reason);
    case 'compiled':
      return frame.value.files.reduce((bytes, { content }) => bytes + content.byteLength, 0);
    case 'compile':
    case 'control':
    case 'hello':
    case 'ping':
    case 'pong':
      return 0;
    default:
      return frame satisfies never;
  }
}

/** The same for an item of a stream. A character of JSON counts as a byte. */
export function itemBytes(item: Item): number {
  switch (item.$case) {
    case 'value':
      return dataBytes(item.value) + item.value.json.length;
    case 'failure':
      return item.value.detailsJson.length + item.value.stack.length;
    case 'opening':
    case 'end':
      return 0;
    default:
      return item satisfies never;
  }
}

/** How much of it is binary data. */
export function binaryBytes(entry: HostFrame | RunnerFrame | Item): number {
  if (entry.$case === 'value') return dataBytes(entry.value);
  if (entry.$case === 'call') return entry.value.request ? dataBytes(entry.value.request) : 0;
  if (entry.$case !== 'answer') return 0;
  const { result } = entry.value;
  return result?.$case === 'response' ? dataBytes(result.value) : 0;
}

function answerBytes({ result }: Answer): number {
  if (result?.$case === 'failure') return failureBytes(result.value);
  return result?.$case === 'response' ? payloadBytes(result.value) : 0;
}

function payloadBytes(payload: Payload | undefined): number {
  if (!payload) return 0;
  return Buffer.byteLength(payload.json) + dataBytes(payload);
}

function dataBytes({ attachments }: Payload): number {
  let bytes = 0;
  for (const { pointer, data } of attachments) bytes += pointer.length + data.byteLength;
  return bytes;
}

function failureBytes(failure: Failure | undefined): number {
  return failure ? Buffer.byteLength(failure.detailsJson) + Buffer.byteLength(failure.stack) : 0;
}
