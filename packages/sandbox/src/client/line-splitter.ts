import { StringDecoder } from 'node:string_decoder';

const maxLineLength = 8 * 1024;

/** Makes lines of an output, however it was cut in pieces. A line that does not end is cut, so that no output can fill the memory. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #line: (text: string) => void;
  #rest = '';

  /** Calls back with each line. */
  constructor(line: (text: string) => void) {
    this.#line = line;
  }

  push(chunk: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const complete of lines) this.#line(complete.slice(0, maxLineLength));
    if (this.#rest.length > maxLineLength) {
      this.#line(this.#rest.slice(0, maxLineLength));
      this.#rest = '';
    }
  }

  /** The last line needs no end. */
  end(): void {
    const rest = this.#rest + this.#decoder.end();
    if (rest !== '') this.#line(rest);
  }
}
