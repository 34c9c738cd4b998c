import { Buffer } from 'node:buffer';
import type { HostFrame, RunnerFrame } from './connection.ts';
import type { Failure, Payload } from './gen/stellaops/plugin/v1/plugin.ts';

/** Half of what the largest message may have besides one payload: the rest is for what is not counted, like names and ids. */
const maxBatchBytes = 32 * 1024;

/** Takes the frames that shall travel in one message off the front: a large frame travels alone, as only then it surely fits. */
export function takeBatch<Frame extends HostFrame | RunnerFrame>(
  waiting: { frame: Frame }[],
): { frame: Frame }[] {
  let bytes = 0;
  const end = waiting.findIndex(({ frame }, index) => {
    bytes += frameBytes(frame);
    return index > 0 && bytes > maxBatchBytes;
  });
  return waiting.splice(0, end < 0 ? waiting.length : end);
}

/** How large a frame is on the wire, but for small things. */
export function frameBytes(frame: HostFrame | RunnerFrame): number {
  switch (frame.$case) {
    case 'call':
      return payloadBytes(frame.value.request);
    case 'answer':
      return frame.value.result?.$case === 'failure'
        ? failureBytes(frame.value.result.value)
        : payloadBytes(frame.value.result?.value);
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

function payloadBytes(payload: Payload | undefined): number {
  if (!payload) return 0;
  let bytes = Buffer.byteLength(payload.json);
  for (const { pointer, data } of payload.attachments) bytes += pointer.length + data.byteLength;
  return bytes;
}

function failureBytes(failure: Failure | undefined): number {
  return failure ? Buffer.byteLength(failure.detailsJson) + Buffer.byteLength(failure.stack) : 0;
}
