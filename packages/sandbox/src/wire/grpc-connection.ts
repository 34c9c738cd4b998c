import type { CallKey, Connection, HostFrame, ItemChannel, RunnerFrame } from './connection.ts';
import { frameBytes } from './frame-bytes.ts';
import type { MessageStream } from './message-stream.ts';
import { ProtocolViolation } from './protocol-violation.ts';

/** Answers that wait for a runner to read them: more than a sandbox could take in. */
const maxUnreadAnswerBytes = 256 * 1024 * 1024;

/** Where the streams of calls come from. */
export interface ChannelSource {
  take(call: CallKey, signal: AbortSignal): Promise<ItemChannel>;
  admit(isAwaited: (id: number) => boolean): void;
}

/** A connection over gRPC: an Attach, and what opens the streams of calls. */
export class GrpcConnection<Outgoing extends HostFrame | RunnerFrame, Incoming> implements Connection<
  Outgoing,
  Incoming
> {
  readonly closed: Promise<Error | undefined>;
  readonly #stream: MessageStream<Outgoing, Incoming>;
  readonly #side: 'host' | 'runner';
  readonly #channels: ChannelSource;
  readonly #resolveClosed: (error?: Error) => void;
  #receiver: ((frame: Incoming) => void) | undefined;
  #waiting: Outgoing[] = [];
  #unreadAnswerBytes = 0;
  #isBackedUp = false;
  #isClosed = false;

  constructor(stream: MessageStream<Outgoing, Incoming>, side: 'host' | 'runner', channels: ChannelSource) {
    this.#stream = stream;
    this.#side = side;
    this.#channels = channels;
    const { promise, resolve } = Promise.withResolvers<Error | undefined>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    stream.pause(); // until someone receives
    stream.deliverTo({
      receive: (frame) => this.#receive(frame),
      drained: () => this.#drained(),
      over: (error) => {
        this.#over(error);
        stream.end();
      },
    });
  }

  send(frame: Outgoing): void {
    if (this.#isClosed) return;
    if (!this.#isBackedUp) return this.#write(frame);
    if (this.#takesBack(frame)) return;
    this.#waiting.push(frame);
    this.#countUnread(frame);
  }

  receive(receiver: (frame: Incoming) => void): void {
    this.#receiver = receiver;
    this.#stream.resume();
  }

  channel(call: CallKey, signal: AbortSignal): Promise<ItemChannel> {
    return this.#channels.take(call, signal);
  }

  admitChannels(isAwaited: (id: number) => boolean): void {
    this.#channels.admit(isAwaited);
  }

  /** Resolves when everything that was sent is with the operating system, and what is sent next cannot overtake it. */
  async sent(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stream.flush(resolve);
    await promise;
  }

  close(): void {
    for (const frame of this.#waiting.splice(0)) this.#stream.send(frame);
    this.#isClosed = true;
    this.#stream.end();
    // A runner that has closed must not exit before the host has all that it sent; a host does not wait for a runner.
    if (this.#side === 'host') this.#over();
  }

  #receive(frame: Incoming): void {
    try {
      if (!this.#isClosed) this.#receiver?.(frame);
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #end(error: Error): void {
    this.#over(error);
    this.close();
  }

  #over(error?: Error): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.#resolveClosed(error);
  }

  #write(frame: Outgoing): void {
    this.#stream.send(frame, frame.$case === 'call' || frame.$case === 'answer');
    if (!this.#stream.isFull) return;
    this.#isBackedUp = true;
    // While the runner does not read, the host does not either: its answers would pile up in the host's memory.
    // Only one side may do so, or each could wait for the other.
    if (this.#side === 'host') this.#stream.pause();
  }

  #drained(): void {
    this.#isBackedUp = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#unreadAnswerBytes = 0;
    for (const frame of waiting) this.send(frame);
    if (!this.#isBackedUp && this.#side === 'host') this.#stream.resume();
  }

  /** A call that is given up before it could leave need not leave at all. */
  #takesBack(frame: Outgoing): boolean {
    if (frame.$case !== 'cancel') return false;
    const { id } = frame.value;
    const index = this.#waiting.findIndex((waiting) => waiting.$case === 'call' && waiting.value.id === id);
    if (index >= 0) this.#waiting.splice(index, 1);
    return index >= 0;
  }

  /** Calls that wait are bounded by their callers; answers only by what the other side asks for and does not read. */
  #countUnread(frame: Outgoing): void {
    if (this.#side === 'runner' || frame.$case !== 'answer') return;
    this.#unreadAnswerBytes += frameBytes(frame);
    if (this.#unreadAnswerBytes > maxUnreadAnswerBytes)
      this.#end(
        new ProtocolViolation(
          `it did not read ${this.#unreadAnswerBytes} bytes of answers that it had asked for`,
        ),
      );
  }
}
