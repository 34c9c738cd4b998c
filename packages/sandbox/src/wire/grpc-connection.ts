import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { CallKey, Connection, HostFrame, ItemChannel, RunnerFrame } from './connection.ts';
import { frameBytes, takeBatch } from './frame-batches.ts';
import type { HostMessage, RunnerMessage } from './gen/stellaops/plugin/v1/plugin.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import type { ServerStream } from './server-stream.ts';

/** One end of an Attach. */
type AttachStream = ClientDuplexStream<RunnerMessage, HostMessage> | ServerStream<HostMessage, RunnerMessage>;

/** A message of either direction. */
interface Frames<Frame> {
  readonly frames: readonly { readonly frame: Frame | undefined }[];
}

/** Answers that wait for a runner to read them: more than a sandbox could take in. */
const maxUnreadAnswerBytes = 256 * 1024 * 1024;

/** A connection over gRPC: the frames of a tick travel in one message, because a message costs more than what is in it. */
export class GrpcConnection<Outgoing extends HostFrame | RunnerFrame, Incoming> implements Connection<
  Outgoing,
  Incoming
> {
  readonly closed: Promise<Error | undefined>;
  readonly #stream: AttachStream;
  readonly #openChannel: (call: CallKey, signal: AbortSignal) => Promise<ItemChannel>;
  readonly #waiting: { frame: Outgoing }[] = [];
  #unreadAnswerBytes = 0;
  #isBackedUp = false;
  #isFlushing = false;
  #isClosed = false;
  readonly #over: (error?: Error) => void;
  readonly #side: 'host' | 'runner';

  constructor(
    stream: AttachStream,
    side: 'host' | 'runner',
    openChannel: (call: CallKey, signal: AbortSignal) => Promise<ItemChannel>,
  ) {
    this.#stream = stream;
    this.#side = side;
    this.#openChannel = openChannel;
    const { promise, resolve } = Promise.withResolvers<Error | undefined>();
    this.closed = promise;
    this.#over = (error) => {
      this.#isClosed = true;
      this.#waiting.length = 0;
      resolve(error);
    };
    stream.on('end', () => {
      this.#over();
      stream.end();
    });
    stream.on('cancelled', () => this.#over());
    stream.on('error', (error: Error) => this.#over(error));
    stream.on('close', () => this.#over());
    stream.on('drain', () => this.#drained());
  }

  send(frame: Outgoing): void {
    if (this.#isClosed || this.#takesBack(frame)) return;
    this.#countUnread(frame);
    if (!this.#isBackedUp && !this.#isFlushing) {
      this.#isFlushing = true;
      process.nextTick(() => this.#flush());
    }
    this.#waiting.push({ frame });
  }

  receive(receiver: (frame: Incoming) => void): void {
    this.#stream.on('data', (message: Frames<Incoming>) => {
      try {
        for (const { frame } of message.frames) if (frame && !this.#isClosed) receiver(frame);
      } catch (error) {
        this.#end(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  channel(call: CallKey, signal: AbortSignal): Promise<ItemChannel> {
    return this.#openChannel(call, signal);
  }

  close(): void {
    while (this.#waiting.length > 0) this.#write();
    this.#isClosed = true;
    this.#stream.end();
    // A runner that has closed must not exit before the host has all that it sent; a host does not wait for a runner.
    if (this.#side === 'host') this.#over();
  }

  #end(error: Error): void {
    this.#over(error);
    this.close();
  }

  #flush(): void {
    this.#isFlushing = false;
    while (this.#waiting.length > 0 && !this.#isBackedUp) this.#isBackedUp = !this.#write();
    // While the runner does not read, the host does not either: its answers would pile up in the host's memory.
    // Only one side may do so, or each could wait for the other.
    if (!this.#isBackedUp) this.#unreadAnswerBytes = 0;
    else if (this.#side === 'host') this.#stream.pause();
  }

  #drained(): void {
    this.#isBackedUp = false;
    this.#flush();
    if (!this.#isBackedUp && this.#side === 'host') this.#stream.resume();
  }

  #write(): boolean {
    const write = this.#stream.write.bind(this.#stream) as (message: Frames<Outgoing>) => boolean; // the side decides the message
    return write({ frames: takeBatch(this.#waiting) });
  }

  /** A call that is given up before it could leave need not leave at all. */
  #takesBack(frame: Outgoing): boolean {
    if (frame.$case !== 'cancel' || !this.#isBackedUp) return false;
    const { id } = frame.value;
    const index = this.#waiting.findIndex(
      ({ frame: waiting }) => waiting.$case === 'call' && waiting.value.id === id,
    );
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
