/** What a heartbeat does when it hears nothing. */
export interface HeartbeatWatch {
  readonly timeoutMs: number;
  /** Called once in each silence, after a quarter of the time. */
  readonly ask: (id: number) => void;
  /** Called once, when the time is over. */
  readonly silent: () => void;
}

/**
 * Finds out when the other side gives no sign of life. A timer that fires late says that this process was held up, or the
 * whole machine suspended: who was not listening has heard nothing, so the silence is then counted anew.
 */
export class Heartbeat {
  readonly #watch: HeartbeatWatch;
  readonly #quarterMs: number;
  #heardAt = performance.now();
  #dueAt = 0;
  #isAsked = false;
  #lastPing = 0;
  #lastPong = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(watch: HeartbeatWatch) {
    this.#watch = watch;
    this.#quarterMs = watch.timeoutMs / 4;
  }

  start(): void {
    this.heard();
    this.#schedule(this.#quarterMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Anything that arrives is a sign of life. */
  heard(): void {
    this.#heardAt = performance.now();
    this.#isAsked = false;
  }

  /** Whether this answers a question that was asked and has no answer yet. */
  isAnswer(id: number): boolean {
    if (id <= this.#lastPong || id > this.#lastPing) return false;
    this.#lastPong = id;
    return true;
  }

  #schedule(delayMs: number): void {
    this.#dueAt = performance.now() + delayMs;
    this.#timer = setTimeout(() => this.#look(), delayMs).unref();
  }

  #look(): void {
    if (performance.now() - this.#dueAt > this.#quarterMs / 2) this.heard();
    const silentMs = performance.now() - this.#heardAt;
    if (silentMs >= this.#watch.timeoutMs) return this.#watch.silent();
    if (silentMs >= this.#quarterMs && !this.#isAsked) {
      this.#isAsked = true;
      this.#watch.ask(++this.#lastPing);
    }
    this.#schedule(this.#quarterMs - (silentMs % this.#quarterMs));
  }
}
