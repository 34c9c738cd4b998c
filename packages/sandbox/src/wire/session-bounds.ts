import type { ClientSessionOptions, ServerSessionOptions } from 'node:http2';
import type { MessageLimits } from '@stellaops/plugin-abstractions/hosting';
import { ReceivedGarbage } from './received-garbage.ts';
import { fewStreamsWindowBytes } from './stream-windows.ts';
import { TurnBudget } from './turn-budget.ts';
import { UnfinishedBytes } from './unfinished-bytes.ts';
import { UnreadItems } from './unread-items.ts';

/** What all streams of one connection share. */
export interface ReceiveBounds {
  readonly maxMessageBytes: number;
  /** Tags and lengths of one frame or item. */
  readonly maxFields: number;
  readonly unfinished: UnfinishedBytes;
  readonly unread: UnreadItems;
  readonly turns: TurnBudget;
  readonly garbage: ReceivedGarbage;
}

/** What a message may need besides its JSON and attachments. */
const framingBytes = 64 * 1024;
/** An attachment takes six tags and lengths, and counts as 48 bytes of JSON at least. */
const fieldsPerJsonByte = 6 / 48;

/** What the streams of one connection may send to the host. */
export function receiveBounds({ jsonLimitBytes, bytesLimitBytes }: MessageLimits): ReceiveBounds {
  const maxMessageBytes = jsonLimitBytes + bytesLimitBytes + framingBytes;
  // A start of each of a thousand messages, and a few whole ones: no sandbox has more of them in its memory.
  const manyMessages = 1024 * framingBytes + 4 * maxMessageBytes;
  const garbage = new ReceivedGarbage();
  return {
    maxMessageBytes,
    maxFields: framingBytes + Math.ceil(jsonLimitBytes * fieldsPerJsonByte),
    unfinished: new UnfinishedBytes(manyMessages),
    unread: new UnreadItems(manyMessages),
    turns: new TurnBudget(() => garbage.collect()),
    garbage,
  };
}

/** What a runner takes of its host: anything, as the host keeps the limits that it stated. */
export function trustingBounds(): ReceiveBounds {
  const garbage = new ReceivedGarbage();
  return {
    maxMessageBytes: 2 ** 32,
    maxFields: Infinity,
    unfinished: new UnfinishedBytes(Infinity),
    unread: new UnreadItems(Infinity),
    turns: new TurnBudget(() => garbage.collect()),
    garbage,
  };
}

/**
 * What of a connection may be on its way and not yet with JavaScript (RFC 9113, 5.2). Node gives it back as it reads, whatever
 * streams wait: it is the window of a stream that slows down who sends there.
 */
export const connectionWindowBytes = 8 * 1024 * 1024;
/** The host is trusted; a plugin that does not read pays with its own memory. */
const runnerWindowBytes = 1024 * 1024;

/** How the host speaks HTTP/2. What is not said here is node's default, which bounds pings, settings, resets and continuations. */
export function hostSessionOptions({ maxCallsInFlight }: MessageLimits): ServerSessionOptions {
  return {
    settings: {
      // Attach, and a Transfer for each call of either direction.
      maxConcurrentStreams: 1 + 2 * maxCallsInFlight,
      maxHeaderListSize: 16 * 1024,
      initialWindowSize: fewStreamsWindowBytes,
    },
    maxHeaderListPairs: 32,
  };
}

/** How the runner speaks HTTP/2. */
export const runnerSessionOptions: ClientSessionOptions = {
  maxSessionMemory: 1024, // MiB: what a plugin sends is bounded elsewhere
  settings: { enablePush: false, initialWindowSize: runnerWindowBytes },
};
