import { errorCode, Http2Error } from './error-code.ts';
import { frameFlag, frameType } from './frame-format.ts';
import type { FrameReader } from './frame-reader.ts';

/** What a kind of frame has to look like, whatever state its stream is in. */
interface FrameRule {
  /** How sentences name it. */
  readonly name: string;
  /** What it may speak of. */
  readonly of: 'stream' | 'connection' | 'either';
  readonly leastBytes: number;
  /** Default as many as the least. */
  readonly mostBytes?: number;
}

/** By RFC 9113, 6.3 to 6.9. What is not among them is checked where it is taken, or by nobody. */
const rules = new Map<number, FrameRule>([
  [frameType.priority, { name: 'a priority', of: 'stream', leastBytes: 5 }],
  [frameType.resetStream, { name: 'a reset', of: 'stream', leastBytes: 4 }],
  [frameType.settings, { name: 'settings', of: 'connection', leastBytes: 0, mostBytes: Infinity }],
  [frameType.ping, { name: 'a ping', of: 'connection', leastBytes: 8 }],
  [frameType.goAway, { name: 'a goaway', of: 'connection', leastBytes: 8, mostBytes: Infinity }],
  [frameType.windowUpdate, { name: 'a window', of: 'either', leastBytes: 4 }],
]);

/** Checks a whole frame by what holds for its kind. Throws `Http2Error`: each fault ends the connection (RFC 9113, 5.4.1). */
export function checkFrame({ type, flags, stream, payload: { length } }: FrameReader): void {
  const rule = rules.get(type);
  if (!rule) return;
  const { name, of, leastBytes, mostBytes = leastBytes } = rule;
  if (of === 'connection' && stream !== 0)
    throw new Http2Error(errorCode.protocolError, `it sent ${name} of a stream`);
  if (of === 'stream' && stream === 0)
    throw new Http2Error(errorCode.protocolError, `it sent ${name} of no stream`);
  if (length < leastBytes || length > mostBytes)
    throw new Http2Error(errorCode.frameSizeError, `it sent ${name} of ${length} bytes`);
  if (type === frameType.settings && (flags & frameFlag.ack) !== 0 && length > 0)
    throw new Http2Error(errorCode.frameSizeError, `it acknowledged settings in ${length} bytes`);
}
