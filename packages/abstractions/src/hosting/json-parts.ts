const [quote, colon, openArray, backslash, closeArray, openObject, closeObject] = [
  34, 58, 91, 92, 93, 123, 125,
]; // as code units

/** Arrays and objects in one another: a list of them takes the collector of garbage, and whoever follows it, ten times as long. */
const maxDepth = 1000;
/** Objects of the same shape share it; when each has one of its own, they cost as much as so many parts. */
const partsOfObject = 4;
/** An object with more fields is a table, which costs more. */
const plainFields = 1000;

/** Why JSON text costs far more to read, to check and to keep than it is long; `undefined` when it does not. */
export type JsonExcess = 'parts' | 'depth';

/**
 * Whether JSON text has more arrays, objects and fields than this, or has them more than a thousand deep. An object counts as four of
 * them, and a field after the thousandth of its object as two. Of text that is no JSON the answer means nothing.
 */
export function excessOf(json: string, maxParts: number): JsonExcess | undefined {
  if (json.length <= Math.min(maxParts, 2 * maxDepth)) return undefined;
  const fields = new Uint32Array(maxDepth + 1);
  let depth = 0;
  let parts = 0;
  for (let index = 0; index < json.length; index++) {
    const unit = json.charCodeAt(index);
    if (unit === quote) index = endOfString(json, index + 1);
    else if (unit < openArray && unit !== colon) continue;
    else if (unit === closeArray || unit === closeObject) depth--;
    else if (unit === colon) parts += countField(fields, depth);
    else if (unit === openArray || unit === openObject) {
      if (++depth > maxDepth) return 'depth';
      fields[depth] = 0;
      parts += unit === openObject ? partsOfObject : 1;
    }
    if (parts > maxParts) return 'parts';
  }
  return undefined;
}

function countField(fields: Uint32Array, depth: number): number {
  const count = (fields[depth] ?? 0) + 1;
  fields[depth] = count;
  return count > plainFields ? 2 : 1;
}

function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start);
  while (end > 0 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end < 0 ? json.length : end;
}

function isEscaped(json: string, place: number): boolean {
  let before = place;
  while (json.charCodeAt(before - 1) === backslash) before--;
  return (place - before) % 2 === 1;
}
