import { setTimeout as delay } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import { LineSplitter } from './line-splitter.ts';
import { OutputRate } from './output-rate.ts';
import type { PluginLog } from './plugin-log.ts';

/** How long the rest of an output may take to arrive when its process is gone. */
const drainMs = 1000;

/** What a process prints, read into the log of its plugin at a bounded rate. */
export class PluginOutput {
  readonly #rate: OutputRate;
  readonly #ended: Promise<unknown>;

  constructor(
    { stdout, stderr }: { readonly stdout: Readable; readonly stderr: Readable },
    kibPerSecond: number,
    log: PluginLog,
  ) {
    this.#rate = new OutputRate(kibPerSecond);
    this.#ended = Promise.all([this.#read('stdout', stdout, log), this.#read('stderr', stderr, log)]);
  }

  /** Reads what is left of a process that is gone. */
  async drain(): Promise<void> {
    this.#rate.release();
    const patience = new AbortController();
    const late = delay(drainMs, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([this.#ended, late]);
    patience.abort();
  }

  async #read(name: 'stdout' | 'stderr', stream: Readable, log: PluginLog): Promise<void> {
    const lines = new LineSplitter((line) => log.output(name, line));
    await this.#rate.read(stream, (chunk) => lines.push(chunk));
    lines.end();
  }
}
