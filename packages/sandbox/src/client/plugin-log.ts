import type { Logger } from '@stellaops/plugin-abstractions';
import type { LogRecord } from '../wire/messages.ts';

const maxLinesPerSecond = 200;
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
  #windowStart = 0;
  #lines = 0;
  #dropped = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** A line that the plugin logged. */
  record({ level, message, fieldsJson }: LogRecord): void {
    this.#write(levels[level] ?? 'info', fieldsOf(fieldsJson), message);
  }

  /** A line that the process printed. */
  output(stream: 'stdout' | 'stderr', line: string): void {
    this.#write(stream === 'stderr' ? 'warn' : 'info', { stream }, line);
  }

  #write(level: 'debug' | 'info' | 'warn' | 'error', fields: object, message: string): void {
    const now = Date.now();
    if (now - this.#windowStart >= 1000) {
      if (this.#dropped > 0)
        this.#logger.warn({ dropped: this.#dropped }, 'lines of this plugin were dropped: it logs too much');
      [this.#windowStart, this.#lines, this.#dropped] = [now, 0, 0];
    }
    if (++this.#lines > maxLinesPerSecond) this.#dropped++;
    else
      this.#logger[level](
        fields,
        message.length > maxLineLength ? `${message.slice(0, maxLineLength)}…` : message,
      );
  }
}

function fieldsOf(json: string): object {
  if (json === '') return {};
  if (json.length > maxLineLength) return { plugin: 'its fields were too long' };
  try {
    return { plugin: JSON.parse(json) as unknown }; // nested, so that no field of a plugin poses as one of the host
  } catch {
    return {};
  }
}
