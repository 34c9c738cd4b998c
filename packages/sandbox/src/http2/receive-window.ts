/** What the other side may send before it is told that there is room again (RFC 9113, 5.2). Counted in bytes. */
export class ReceiveWindow {
  readonly #size: () => number;
  #left: number;
  #unread = 0;

  /** `initial` is what the other side may send at first; `size` how large the window is to be, which may change. */
  constructor(initial: number, size: () => number) {
    this.#left = initial;
    this.#size = size;
  }

  /** Counts what has arrived. Returns whether it was allowed. */
  take(bytes: number): boolean {
    this.#left -= bytes;
    this.#unread += bytes;
    return this.#left >= 0;
  }

  /** Counts what was read. */
  read(bytes: number): void {
    this.#unread -= bytes;
  }

  /** What the other side is to be told that it may send more: 0, or half of the window at least, so that it is seldom told. */
  grow(): number {
    const size = this.#size();
    const room = size - this.#left - this.#unread;
    if (room < size / 2) return 0;
    this.#left += room;
    return room;
  }
}
