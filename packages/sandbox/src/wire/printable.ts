import { Buffer } from 'node:buffer';

/** Control and format characters, separators of lines, and halves of a surrogate pair: what a terminal or a database stumbles over. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Outside text on one line, with control characters escaped as JSON escapes them, at most this long; a copy of its own. */
export function printable(text: string, maxLength: number): string {
  const whole = text.slice(0, maxLength);
  let escaped = '';
  let done = 0;
  for (const { 0: character, index } of whole.matchAll(unprintable)) {
    escaped += whole.slice(done, index) + escape(character);
    done = index + character.length;
    if (escaped.length >= maxLength) break; // the rest is cut off, and escaping takes long
  }
  return Buffer.from((escaped + whole.slice(done)).slice(0, maxLength)).toString(); // a slice would keep the whole text in memory
}

/** The same for text of several lines, like a stack. */
export function printableLines(text: string, maxLength: number): string {
  return text
    .slice(0, maxLength)
    .split('\n')
    .map((line) => printable(line, maxLength))
    .join('\n');
}

/** The same for every text in a value that came as JSON, names included. Throws a `RangeError` for one that is nested too deep. */
export function printableValue(value: unknown, maxLength: number): unknown {
  if (typeof value === 'string') return printable(value, maxLength);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => printableValue(item, maxLength));
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      printable(name, maxLength),
      printableValue(field, maxLength),
    ]),
  );
}

function escape(character: string): string {
  const units = Array.from({ length: character.length }, (_, unit) => character.charCodeAt(unit));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
