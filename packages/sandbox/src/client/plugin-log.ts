import type { Logger } from '@stellaops/plugin-abstractions';
import type { LogRecord } from '../wire/messages.ts';
import { printable, printableValue } from '../wire/printable.ts';
import { RecentLines } from './recent-lines.ts';

const maxLineLength = 8 * 1024;
const levels: Readonly<Record<number, 'debug' | 'info' | 'warn' | 'error'>> = {
  1: 'debug',
  2: 'info',
  3: 'warn',
  4: 'error',
};

/** The log of one plugin: outside data, so it is bounded in rate and length, and what was dropped is counted. */
export class PluginLog {
  readonly #logger: Logger;
  readonly #linesPerSecond: number;
  readonly #recent = new RecentLines();
  #windowStart = performance.now();
  #lines = 0;
  #dropped = 0;
  #droppedInAll = 0;
  #isHeapExhausted = false;

  constructor(logger: Logger, linesPerSecond: number) {
    this.#logger = logger;
    this.#linesPerSecond = linesPerSecond;
  }

  /** How many lines were dropped so far. */
  get droppedLines(): number {
    return this.#droppedInAll + this.#dropped;
  }

  /** The last lines that were logged or printed, those that were dropped included; oldest first. */
  get recentLines(): readonly string[] {
    return this.#recent.all();
  }

  /** Whether V8 said that it gives up because its heap is full; what it says after that can be longer than the recent lines. */
  get isHeapExhausted(): boolean {
    return this.#isHeapExhausted;
  }

  /** A line that the plugin logged. */
  record({ level, message, fieldsJson }: LogRecord): void {
    this.#recent.add(message);
    this.#write(levels[level] ?? 'info', () => fieldsOf(fieldsJson), message);
  }

  /** A line that the process printed. */
  output(stream: 'stdout' | 'stderr', line: string): void {
    this.#recent.add(line);
    if (stream === 'stderr' && line.includes('heap out of memory')) this.#isHeapExhausted = true;
    this.#write(stream === 'stderr' ? 'warn' : 'info', () => ({ stream }), line);
  }

  /** Tells what was dropped and not yet told. */
  close(): void {
    if (this.#dropped > 0)
      this.#logger.warn({ dropped: this.#dropped }, 'lines of this plugin were dropped: it logs too much');
    this.#droppedInAll += this.#dropped;
    this.#dropped = 0;
  }

  #write(level: 'debug' | 'info' | 'warn' | 'error', fields: () => object, message: string): void {
    const now = performance.now();
    if (now - this.#windowStart >= 1000) {
      this.close();
      [this.#windowStart, this.#lines] = [now, 0];
    }
    if (++this.#lines > this.#linesPerSecond) this.#dropped++;
    else
      this.#logger[level](
        fields(),
        `${printable(message, maxLineLength)}${message.length > maxLineLength ? '…' : ''}`,
      );
  }
}

function fieldsOf(json: string): object {
  if (json === '') return {};
  if (json.length > maxLineLength) return { plugin: 'its fields were too long' };
  try {
    return { plugin: printableValue(JSON.parse(json), maxLineLength) }; // nested, so that no field of a plugin poses as one of the host
  } catch {
    return {};
  }
}
