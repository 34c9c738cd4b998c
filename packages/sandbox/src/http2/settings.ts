import { Buffer } from 'node:buffer';
import { errorCode, Http2Error } from './error-code.ts';
import { largestNumber, leastMaxFrameBytes } from './frame-format.ts';

/** What one side says of itself (RFC 9113, 6.5.2). What is left out stays as it was, at first what the standard says. */
export interface Http2Settings {
  /** Streams that the other side may have open at a time. */
  readonly maxConcurrentStreams?: number;
  /** What may be sent on a new stream before anything was read of it. Default 65,535. */
  readonly initialWindowBytes?: number;
  /** Default 16 KiB, which is also the least. */
  readonly maxFrameBytes?: number;
  /** Names and values of one list of headers, each with 32 bytes more. */
  readonly maxHeaderListBytes?: number;
  /** Whether a server may open streams by itself. */
  readonly enablePush?: boolean;
}

const settingBytes = 6;
const identifier = {
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowBytes: 4,
  maxFrameBytes: 5,
  maxHeaderListBytes: 6,
} as const;
const largestMaxFrameBytes = 2 ** 24 - 1;

/** The payload of a frame that says them. */
export function writeSettings(settings: Http2Settings): Buffer {
  const entries = Object.entries(settings) as [keyof Http2Settings, number | boolean][];
  const payload = Buffer.alloc(settingBytes * entries.length);
  for (const [index, [name, value]] of entries.entries()) {
    payload.writeUInt16BE(identifier[name], index * settingBytes);
    payload.writeUInt32BE(Number(value), index * settingBytes + 2);
  }
  return payload;
}

/** Reads the payload of such a frame. What is unknown is passed over, and what holds for nobody here. Throws `Http2Error`. */
export function readSettings(payload: Buffer): Http2Settings {
  if (payload.length % settingBytes !== 0)
    throw new Http2Error(errorCode.frameSizeError, `it sent settings of ${payload.length} bytes`);
  const settings: Http2Settings = {};
  for (let at = 0; at < payload.length; at += settingBytes)
    Object.assign(settings, readSetting(payload.readUInt16BE(at), payload.readUInt32BE(at + 2)));
  return settings;
}

function readSetting(id: number, value: number): Http2Settings {
  switch (id) {
    case identifier.enablePush:
      if (value > 1) throw new Http2Error(errorCode.protocolError, `it set push to ${value}`);
      return { enablePush: value === 1 };
    case identifier.maxConcurrentStreams:
      return { maxConcurrentStreams: value };
    case identifier.initialWindowBytes:
      if (value > largestNumber)
        throw new Http2Error(errorCode.flowControlError, `it set a window of ${value} bytes`);
      return { initialWindowBytes: value };
    case identifier.maxFrameBytes:
      if (value < leastMaxFrameBytes || value > largestMaxFrameBytes)
        throw new Http2Error(errorCode.protocolError, `it set frames of ${value} bytes`);
      return { maxFrameBytes: value };
    default:
      return {};
  }
}
