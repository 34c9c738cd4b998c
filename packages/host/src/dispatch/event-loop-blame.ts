import type { Logger } from '@stellaops/plugin-abstractions';
import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';

/** How often the log may say it of one plugin, in milliseconds. */
const quietMs = 10_000;

/**
 * Warns of a plugin that holds up the event loop of the host: everything else in this process stands still meanwhile. What came
 * between two warnings is counted.
 */
export class EventLoopBlame {
  readonly #logger: Logger;
  readonly #warningMs: number;
  #warnedAt = -Infinity;
  #unsaid = 0;

  constructor(logger: Logger, warningMs: number) {
    this.#logger = logger;
    this.#warningMs = warningMs;
  }

  /** A call held the event loop for so long, from its start until it returned its promise. */
  blocked({ capability, method }: CallTarget, durationMs: number): void {
    if (durationMs < this.#warningMs) return;
    const now = performance.now();
    if (now - this.#warnedAt < quietMs) {
      this.#unsaid += 1;
      return;
    }
    this.#logger.warn(
      { capability, method, durationMs: Math.round(durationMs), unsaid: this.#unsaid },
      'plugin held up the event loop of the host; have it yield, or run it as untrusted in a process of its own',
    );
    [this.#warnedAt, this.#unsaid] = [now, 0];
  }
}
