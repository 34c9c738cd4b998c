import type { ServerSessionOptions } from 'node:http2';
import type { MessageLimits } from '@stellaops/plugin-abstractions/hosting';
import type { ReceiveBounds } from './server-stream.ts';
import { TurnBudget } from './turn-budget.ts';
import { UnfinishedBytes } from './unfinished-bytes.ts';

/** What a message may need besides its JSON and attachments. */
const framingBytes = 64 * 1024;
/** An attachment takes six tags and lengths, and counts as 16 bytes of JSON at least. */
const fieldsPerJsonByte = 6 / 16;

/** What the streams of one connection may send. */
export function receiveBounds({ jsonLimitBytes, bytesLimitBytes }: MessageLimits): ReceiveBounds {
  const maxMessageBytes = jsonLimitBytes + bytesLimitBytes + framingBytes;
  return {
    maxMessageBytes,
    maxFields: framingBytes + Math.ceil(jsonLimitBytes * fieldsPerJsonByte),
    // A start of each of a thousand messages, and a few whole ones: no sandbox has more of them in its memory.
    unfinished: new UnfinishedBytes(1024 * framingBytes + 4 * maxMessageBytes),
    turns: new TurnBudget(),
  };
}

/** How the host speaks HTTP/2. What is not said here is node's default, which bounds pings, settings, resets and continuations. */
export function sessionOptions({ maxCallsInFlight }: MessageLimits): ServerSessionOptions {
  return {
    // Attach, and a Transfer for each call of either direction.
    settings: { maxConcurrentStreams: 1 + 2 * maxCallsInFlight, maxHeaderListSize: 16 * 1024 },
    maxHeaderListPairs: 32,
  };
}
