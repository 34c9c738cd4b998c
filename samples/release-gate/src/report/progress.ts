/** Where the line is drawn. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** One line that tells how far the work is: redrawn on a terminal, elsewhere written anew at every quarter. */
export class ProgressLine {
  readonly #output: ProgressOutput;
  #quarter = -1;
  #isDrawn = false;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  show(doing: string, done: number, total: number): void {
    const fraction = total === 0 ? 1 : Math.min(done / total, 1);
    if (this.#output.isTTY === true) {
      const bar = '█'.repeat(Math.round(fraction * 24)).padEnd(24, '░');
      this.#output.write(`\r\u001B[K  ${bar}  ${doing}`);
      this.#isDrawn = true;
      return;
    }
    const quarter = Math.floor(fraction * 4);
    if (quarter !== this.#quarter) this.#output.write(`  ${String(quarter * 25).padStart(3)} %  ${doing}\n`);
    this.#quarter = quarter;
  }

  /** Takes the line away, so that what follows begins on a clean one. */
  clear(): void {
    if (this.#isDrawn) this.#output.write('\r\u001B[K');
    this.#isDrawn = false;
  }
}
