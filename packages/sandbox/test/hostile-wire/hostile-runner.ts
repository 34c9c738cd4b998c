import { connect as connectHttp2, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2';
import { connect, type Socket } from 'node:net';
import type { RunnerFrame } from '../../src/wire/connection.ts';
import { batch, RawStream } from './raw-stream.ts';
import { token } from './wire-host.ts';

type CallFrame = Extract<RunnerFrame, { $case: 'call' }>;
type CancelFrame = Extract<RunnerFrame, { $case: 'cancel' }>;

/** What a well-behaved runner says first. */
export const hello = {
  token,
  oldestProtocol: 1,
  newestProtocol: 1,
  features: [],
  runner: 'a hostile one',
  observations: [],
};

/** A call of the vault; a test says what differs. */
export function call(id: number, differing: Partial<CallFrame['value']> = {}): CallFrame {
  const request = { json: JSON.stringify(id), attachments: [] };
  const value = {
    id,
    capability: 'Vault',
    version: 1,
    method: 'echo',
    request,
    timeoutMs: 0,
    streamsRequest: false,
    streamsResponse: false,
    traceparent: '',
    transfersRequest: false,
  };
  return { $case: 'call', value: { ...value, ...differing } };
}

/** Gives a call of the runner up; a test says what the reason is besides its text. */
export function cancel(
  id: number,
  reason: string,
  differing: Partial<CancelFrame['value']> = {},
): CancelFrame {
  return { $case: 'cancel', value: { id, reason, errorName: '', failure: undefined, ...differing } };
}

/** A program that speaks HTTP/2 to a host, and on it whatever a test wants. */
export class HostileRunner implements Disposable {
  readonly session: ClientHttp2Session;
  readonly attach: RawStream;
  readonly #socket: Socket;
  #lastProof = 1_000_000;

  private constructor(session: ClientHttp2Session, socket: Socket) {
    this.session = session;
    this.#socket = socket;
    this.attach = this.open('Attach');
  }

  /** Dials, and attaches without a word. */
  static dial(path: string): HostileRunner {
    const socket = connect(path);
    const session = connectHttp2('http://localhost', {
      createConnection: () => socket,
      maxSessionMemory: 4096,
    });
    session.on('error', () => undefined); // the host ends it, as it should
    return new HostileRunner(session, socket);
  }

  /** Dials, attaches and says hello as it should be. */
  static async greet(path: string): Promise<HostileRunner> {
    const runner = HostileRunner.dial(path);
    runner.attach.say({ $case: 'hello', value: hello });
    await runner.attach.heard('hello');
    return runner;
  }

  /** Opens a stream of the service. */
  open(method: string, headers: OutgoingHttpHeaders = {}): RawStream {
    return new RawStream(
      this.session.request({
        ':method': 'POST',
        ':path': method.startsWith('/') ? method : `/stellaops.plugin.v1.PluginHostService/${method}`,
        'content-type': 'application/grpc+proto',
        te: 'trailers',
        ...headers,
      }),
    );
  }

  /** Opens the stream of a call. */
  transfer(calledByHost: boolean, id: number): RawStream {
    const stream = this.open('Transfer');
    stream.send(batch({ $case: 'opening', value: { calledByHost, id } }));
    return stream;
  }

  /** Has the host answer a call: the proof that it took no harm and no offence. */
  async prove(): Promise<void> {
    const id = ++this.#lastProof;
    this.attach.say(call(id));
    for (;;) {
      const { value } = await this.attach.heard('answer');
      if (value.id !== id) continue;
      if (value.result?.$case !== 'response') throw new Error(`the host failed: ${JSON.stringify(value)}`);
      return;
    }
  }

  /** Hangs up, in a later turn: this one may be inside of an event of a stream, and nghttp2 not done with that one. */
  [Symbol.dispose](): void {
    setImmediate(() => {
      try {
        this.session.destroy();
      } finally {
        this.#socket.destroy(); // a session that was closed waits until all of it was read, and a host that gave up reads no more
      }
    });
  }
}
