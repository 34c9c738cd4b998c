import type {
  HostFrame as GeneratedHostFrame,
  Item as GeneratedItem,
  RunnerFrame as GeneratedRunnerFrame,
} from './gen/stellaops/plugin/v1/plugin.ts';

/** One thing that a host says; `plugin.proto` tells what each means. */
export type HostFrame = NonNullable<GeneratedHostFrame['frame']>;

/** One thing that a runner says. */
export type RunnerFrame = NonNullable<GeneratedRunnerFrame['frame']>;

/** What calls are made of, the same in both directions. */
export type CallFrame = Extract<HostFrame & RunnerFrame, { $case: 'call' | 'answer' | 'cancel' }>;

/** One thing on the stream of a call. */
export type Item = NonNullable<GeneratedItem['item']>;

/** Which call a stream belongs to. */
export interface CallKey {
  readonly calledByHost: boolean;
  readonly id: number;
}

/** The stream of one call: items both ways, each direction ended by an item of its own. */
export interface ItemChannel {
  /**
   * Sends an item. `undefined` where there is room for the next one, a promise that resolves when there is otherwise; it rejects when the
   * other side is gone or has closed.
   */
  write(item: Item): Promise<void> | undefined;
  /** The next item that the other side sent, if it is here already. */
  shift(): Item | undefined;
  /** The next item; `undefined` when the stream ends, and an error when it breaks off. A good end is an item. */
  take(): Promise<Item | undefined>;
  /** Ends the stream after what was written, and gives up what has not arrived. */
  close(): void;
}

/** One end of the wire between a host and the runner of one plugin. */
export interface Connection<Outgoing, Incoming> {
  /** Takes a frame; frames arrive whole and in order. Does nothing once closed. */
  send(frame: Outgoing): void;
  /** Hands over what arrives, from the first frame on. What the receiver throws closes the connection. */
  receive(receiver: (frame: Incoming) => void): void;
  /** The stream of a call. The runner opens it; the host waits until the runner did, or the signal aborts. */
  channel(call: CallKey, signal: AbortSignal): Promise<ItemChannel>;
  /** Says for which calls of the host a stream may come before the host knows that it wants it. Nothing to a runner. */
  admitChannels(isAwaited: (id: number) => boolean): void;
  close(): void;
  /** Resolves when either side has closed or is gone, with the error that closed it if there was one. Never rejects. */
  readonly closed: Promise<Error | undefined>;
}
