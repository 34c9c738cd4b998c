import type { MessageLimits } from '@stellaops/plugin-abstractions/hosting';
import type { Http2SessionOptions } from '../http2/http2-session.ts';
import { ReceivedGarbage } from './received-garbage.ts';
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

/** What of a connection may be on its way: it is the window of a stream that slows down who sends there. */
const connectionWindowBytes = 8 * 1024 * 1024;
/** A stream of items that is read needs as much, or who sends waits for every turn of who reads, and is woken by each. */
const fewStreamsWindowBytes = 1024 * 1024;
/** A plugin may fill the window of every stream that it may open, and the memory of the host is at stake. */
const manyStreamsWindowBytes = 128 * 1024;
/** So many streams have the large windows. */
const fewStreams = 32;
/** The host is trusted; a plugin that does not read pays with its own memory. */
const runnerWindowBytes = 1024 * 1024;
/** An item of 64 KiB in one frame, with what stands around it. */
const maxFrameBytes = 128 * 1024;

/** How one end speaks HTTP/2. */
export type SessionBounds = Pick<
  Http2SessionOptions,
  'settings' | 'connectionWindowBytes' | 'streamWindowBytes'
>;

/** How the host speaks HTTP/2. */
export function hostSessionBounds({ maxCallsInFlight }: MessageLimits): SessionBounds {
  return {
    settings: {
      // Attach, and a Transfer for each call of either direction.
      maxConcurrentStreams: 1 + 2 * maxCallsInFlight,
      maxHeaderListBytes: 16 * 1024,
      initialWindowBytes: manyStreamsWindowBytes,
      maxFrameBytes,
    },
    connectionWindowBytes,
    streamWindowBytes: (open) => (open > fewStreams ? manyStreamsWindowBytes : fewStreamsWindowBytes),
  };
}

/** How the runner speaks HTTP/2. */
export const runnerSessionBounds: SessionBounds = {
  settings: { enablePush: false, initialWindowBytes: runnerWindowBytes, maxFrameBytes },
  connectionWindowBytes,
  streamWindowBytes: () => runnerWindowBytes,
};
