import type { HeaderField } from './hpack/header-field.ts';

const name = /^[!#-'*+\-.0-9^-z|~]+$/;
/** What no value may have in it, or at its ends (RFC 9113, 8.2.1). */
const notOfValue = /[\0\r\n]|^[ \t]|[ \t]$/;
/** What speaks of a connection of HTTP/1.1 (RFC 9113, 8.2.2). */
const connectionHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Whether these can be headers: those of `pseudo` come first, once each, no name has capitals, and no value has line breaks
 * (RFC 9113, 8.2 and 8.3).
 */
export function areHeaders(fields: readonly HeaderField[], pseudo: ReadonlySet<string>): boolean {
  const seen = new Set<string>();
  let isHead = true;
  for (const field of fields) {
    isHead &&= field[0].startsWith(':');
    if (isHead ? seen.has(field[0]) || !pseudo.has(field[0]) : !isOrdinary(field)) return false;
    if (notOfValue.test(field[1])) return false;
    seen.add(field[0]);
  }
  return true;
}

function isOrdinary([given, value]: HeaderField): boolean {
  if (given === 'te') return value === 'trailers';
  return name.test(given) && !connectionHeaders.has(given);
}
