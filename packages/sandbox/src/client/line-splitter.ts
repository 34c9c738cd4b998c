import type { Readable } from 'node:stream';

const maxLineLength = 8 * 1024;

/** Calls back with each line of a stream. A line that does not end is cut, so that no output can fill the memory. */
export function onLines(stream: Readable, line: (text: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const complete of lines) line(complete.slice(0, maxLineLength));
    if (rest.length > maxLineLength) {
      line(rest.slice(0, maxLineLength));
      rest = '';
    }
  });
  stream.on('end', () => {
    if (rest !== '') line(rest);
  });
  stream.on('error', () => undefined); // the exit of the process tells
}
