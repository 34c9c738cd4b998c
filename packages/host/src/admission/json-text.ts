/** Parses JSON. Throws a `SyntaxError` whose message has the line and the column, which V8 tells for some mistakes only. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const before = text.slice(0, soundLength(text)).split('\n');
    const place = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
    throw new SyntaxError(`${place}: ${reason(cause)}`, { cause });
  }
}

/** The length of the longest beginning that could still become JSON: the mistake stands right behind it. */
function soundLength(text: string): number {
  let [sound, end] = [0, text.length];
  while (sound < end) {
    const middle = Math.ceil((sound + end) / 2);
    if (couldGoOn(text.slice(0, middle))) sound = middle;
    else end = middle - 1;
  }
  return sound;
}

function couldGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const position = /at position (\d+)/.exec(String(error))?.[1];
    return position === undefined
      ? String(error).includes('end of JSON input')
      : Number(position) >= beginning.length;
  }
}

/** V8's sentence, without its own place and without the piece of text that it shows. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ (?:in|after) JSON at position .*$/s, '').replace(/, (?:\.\.\.)?".*$/s, '');
}
