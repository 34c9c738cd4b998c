import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { ProtocolViolation } from './protocol-violation.ts';

/** A stream that is read needs as much, or who sends waits for every turn of who reads: Node gives a window back by halves. */
export const fewStreamsWindowBytes = 512 * 1024;
/** A plugin may fill the window of every stream that it may open, and the memory of the host is at stake. */
const manyStreamsWindowBytes = 128 * 1024;
/** From the next one on windows are those of many; and of few again when half of them are left. */
const fewStreams = 64;
/** What may still come under the large windows: a runner reads the smaller ones before it has made so much. */
const maxUnheededBytes = 192 * 1024 * 1024;
const lookMs = 10;

/**
 * Sizes the windows of the streams that a runner opens by how many there are (RFC 9113, 6.9.2), so that few streams flow fast and the memory
 * that many can fill stays bounded.
 */
export class StreamWindows {
  readonly #session: ServerHttp2Session;
  readonly #socket: Socket;
  readonly #violated: (violation: ProtocolViolation) => void;
  #open = 0;
  #isMany = false;
  #isDue = false;
  #looks: NodeJS.Timeout | undefined;

  /** `violated` is called when a runner goes on under windows that are no longer its own. */
  constructor(session: ServerHttp2Session, socket: Socket, violated: (violation: ProtocolViolation) => void) {
    this.#session = session;
    this.#socket = socket;
    this.#violated = violated;
    session.on('localSettings', () => this.#heeded());
    session.on('close', () => clearInterval(this.#looks));
  }

  /** Counts a stream until it closes. */
  opened(stream: ServerHttp2Stream): void {
    this.#open++;
    stream.once('close', () => {
      this.#open--;
      this.#size();
    });
    this.#size();
  }

  get #areToBeMany(): boolean {
    return this.#open > (this.#isMany ? fewStreams / 2 : fewStreams);
  }

  #size(): void {
    if (this.#isDue || this.#areToBeMany === this.#isMany) return;
    this.#isDue = true;
    setImmediate(() => this.#tell()); // not inside of an event of a stream: nghttp2 is not done with that one
  }

  /** One at a time: what a runner has acknowledged is then known. */
  #tell(): void {
    this.#isDue = false;
    const isMany = this.#areToBeMany;
    if (isMany === this.#isMany || this.#session.pendingSettingsAck || this.#session.destroyed) return;
    this.#isMany = isMany;
    this.#session.settings({ initialWindowSize: isMany ? manyStreamsWindowBytes : fewStreamsWindowBytes });
    const most = this.#socket.bytesRead + maxUnheededBytes;
    this.#looks = setInterval(() => this.#look(most), lookMs).unref();
  }

  #look(most: number): void {
    if (this.#socket.bytesRead <= most) return;
    clearInterval(this.#looks);
    this.#violated(
      new ProtocolViolation(`it did not heed a setting, and sent more than ${maxUnheededBytes} bytes`),
    );
  }

  #heeded(): void {
    clearInterval(this.#looks);
    this.#size();
  }
}
