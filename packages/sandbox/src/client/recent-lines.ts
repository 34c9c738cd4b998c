import { Buffer } from 'node:buffer';

const maxLines = 20;
/** More than a report shows, so that what is taken out of a line does not cut it short. */
const keptLength = 8 * 1024;

/** The last lines of a plugin, as it wrote them. */
export class RecentLines {
  readonly #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(line.length > keptLength ? copyStart(line) : line);
    if (this.#lines.length > maxLines) this.#lines.shift();
  }

  /** Oldest first, at most 20. */
  all(): readonly string[] {
    return [...this.#lines];
  }
}

/** A slice would keep the whole line in memory. */
function copyStart(line: string): string {
  return Buffer.from(line.slice(0, keptLength)).toString();
}
