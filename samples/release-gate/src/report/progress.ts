const barWidth = 24;

/** Where the line is drawn. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** One line that tells how far the work is: redrawn on a terminal, elsewhere written anew at every quarter. */
export class ProgressLine {
  readonly #output: ProgressOutput;
  #quarter = 0;
  #isDrawn = false;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  /** `fraction` of the whole work is done. */
  show(doing: string, fraction: number): void {
    if (this.#output.isTTY === true) {
      const done = Math.round(fraction * barWidth);
      this.#output.write(`\r\u001B[K  ${'█'.repeat(done)}${'░'.repeat(barWidth - done)}  ${doing}`);
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
