import type { ClientDuplexStream, ServerDuplexStream } from '@grpc/grpc-js';
import type { CallKey, Connection, ItemChannel } from './connection.ts';
import type { HostMessage, RunnerMessage } from './gen/stellaops/plugin/v1/plugin.ts';

/** One end of an Attach. */
type AttachStream =
  | ClientDuplexStream<RunnerMessage, HostMessage>
  | ServerDuplexStream<RunnerMessage, HostMessage>;

/** A message of either direction. */
interface Frames<Frame> {
  readonly frames: readonly { readonly frame: Frame | undefined }[];
}

/** A connection over gRPC: all frames of a tick travel in one message, because a message costs more than what is in it. */
export class GrpcConnection<Outgoing, Incoming> implements Connection<Outgoing, Incoming> {
  readonly closed: Promise<Error | undefined>;
  readonly #stream: AttachStream;
  readonly #openChannel: (call: CallKey, signal: AbortSignal) => Promise<ItemChannel>;
  #waiting: { frame: Outgoing }[] = [];
  #isClosed = false;
  readonly #over: (error?: Error) => void;
  readonly #side: 'host' | 'runner';

  constructor(
    stream: AttachStream,
    side: 'host' | 'runner',
    openChannel: (call: CallKey, signal: AbortSignal) => Promise<ItemChannel>,
  ) {
    this.#stream = stream;
    this.#openChannel = openChannel;
    const { promise, resolve } = Promise.withResolvers<Error | undefined>();
    this.closed = promise;
    this.#over = (error) => {
      this.#isClosed = true;
      resolve(error);
    };
    stream.on('end', () => {
      this.#over();
      stream.end();
    });
    stream.on('cancelled', () => this.#over());
    stream.on('error', (error: Error) => this.#over(error));
    // While the runner does not read, the host does not either: its answers would pile up in the host's memory.
    // Only one side may do so, or each could wait for the other.
    this.#side = side;
    if (side === 'host') stream.on('drain', () => stream.resume());
  }

  send(frame: Outgoing): void {
    if (this.#isClosed) return;
    if (this.#waiting.length === 0) process.nextTick(() => this.#flush());
    this.#waiting.push({ frame });
  }

  receive(receiver: (frame: Incoming) => void): void {
    this.#stream.on('data', (message: Frames<Incoming>) => {
      try {
        for (const { frame } of message.frames) if (frame && !this.#isClosed) receiver(frame);
      } catch (error) {
        this.#over(error instanceof Error ? error : new Error(String(error)));
        this.close();
      }
    });
  }

  channel(call: CallKey, signal: AbortSignal): Promise<ItemChannel> {
    return this.#openChannel(call, signal);
  }

  close(): void {
    this.#flush();
    this.#isClosed = true;
    this.#stream.end();
    // A runner that has closed must not exit before the host has all that it sent; a host does not wait for a runner.
    if (this.#side === 'host') this.#over();
  }

  #flush(): void {
    const frames = this.#waiting;
    this.#waiting = [];
    if (frames.length === 0 || this.#isClosed) return;
    const write = this.#stream.write.bind(this.#stream) as (message: Frames<Outgoing>) => boolean; // the side decides the message
    if (!write({ frames }) && this.#side === 'host') this.#stream.pause();
  }
}
