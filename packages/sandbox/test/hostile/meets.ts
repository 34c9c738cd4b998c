import { isDeepStrictEqual } from 'node:util';
import { anyError, anyNumber, anyOtherAnswer, type Seen } from './hostile-case.ts';

/** Whether what was seen is what was expected of a case with this denial. */
export function meets(expected: Seen, seen: Seen, denied: Seen): boolean {
  if (expected === anyOtherAnswer) return !isDeepStrictEqual(seen, denied);
  if (expected === anyNumber) return typeof seen === 'number';
  if (expected === anyError) return typeof seen === 'string' && /^E[A-Z0-9]+$/.test(seen);
  return isDeepStrictEqual(seen, expected);
}
