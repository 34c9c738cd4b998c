const [quote, colon, openArray, backslash, openObject] = [34, 58, 91, 92, 123]; // code units of " : [ \ {

/**
 * Whether JSON text has more arrays, objects and fields than this: they cost far more to read, to check and to keep than their text is long.
 * Of text that is no JSON the answer means nothing.
 */
export function hasMoreParts(json: string, limit: number): boolean {
  if (json.length <= limit) return false;
  let count = 0;
  for (let index = 0; index < json.length; index++) {
    const unit = json.charCodeAt(index);
    if (unit === quote) index = endOfString(json, index + 1);
    else if ((unit === openArray || unit === openObject || unit === colon) && ++count > limit) return true;
  }
  return false;
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
