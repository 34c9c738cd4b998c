import type { Connection, HostFrame, RunnerFrame } from '../wire/connection.ts';
import type { Observation } from '../wire/messages.ts';
import { protocolFeatures, protocolVersions } from '../wire/protocol.ts';
import { RunningPlugin, type CompileEntry, type ImportEntry } from './running-plugin.ts';

/** The program inside the sandbox: says hello, then does what the host asks with one plugin. */
export class PluginRunner {
  readonly #connection: Connection<RunnerFrame, HostFrame>;
  readonly #importEntry: ImportEntry;
  readonly #compileEntry: CompileEntry;
  readonly #stopping = new AbortController();
  #session: RunningPlugin | undefined;

  constructor(
    connection: Connection<RunnerFrame, HostFrame>,
    importEntry: ImportEntry,
    compileEntry: CompileEntry = () => Promise.resolve([]),
  ) {
    this.#connection = connection;
    this.#importEntry = importEntry;
    this.#compileEntry = compileEntry;
    connection.receive((frame) => this.#receive(frame));
  }

  /** Says hello, and what was observed of the isolation. Resolves when the connection is gone. */
  async run(token: string, observations: Observation[]): Promise<void> {
    const { oldest, newest } = protocolVersions;
    const runner = `@stellaops/plugin-sandbox node ${process.versions.node}`;
    const features = [...protocolFeatures];
    this.#connection.send({
      $case: 'hello',
      value: { token, oldestProtocol: oldest, newestProtocol: newest, features, runner, observations },
    });
    const error = await this.#connection.closed;
    this.#stopping.abort(error ?? new Error('the host is gone'));
  }

  #receive(frame: HostFrame): void {
    if (frame.$case === 'hello')
      this.#session ??= new RunningPlugin({
        connection: this.#connection,
        hello: frame.value,
        importEntry: this.#importEntry,
        compileEntry: this.#compileEntry,
        stopping: this.#stopping,
      });
    else if (frame.$case === 'ping') this.#connection.send({ $case: 'pong', value: frame.value });
    else this.#session?.receive(frame);
  }
}
