import { Buffer } from 'node:buffer';
import type { HostFrame, RunnerFrame } from './connection.ts';
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
    case 'control':
    case 'hello':
    case 'ping':
    case 'pong':
      return 0;
    default:
      return frame satisfies never;
  }
}

function answerBytes({ result }: Answer): number {
  if (result?.$case === 'failure') return failureBytes(result.value);
  return result?.$case === 'response' ? payloadBytes(result.value) : 0;
}

function payloadBytes(payload: Payload | undefined): number {
  if (!payload) return 0;
  let bytes = Buffer.byteLength(payload.json);
  for (const { pointer, data } of payload.attachments) bytes += pointer.length + data.byteLength;
  return bytes;
}

function failureBytes(failure: Failure | undefined): number {
  return failure ? Buffer.byteLength(failure.detailsJson) + Buffer.byteLength(failure.stack) : 0;
}
