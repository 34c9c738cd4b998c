import type { HeaderField } from './hpack/header-field.ts';

const pseudoHeaders: ReadonlySet<string> = new Set([':method', ':scheme', ':authority', ':path']);

/** Whether these headers can begin a request: what it asks for comes first, once each, and no name has capitals (RFC 9113, 8.3). */
export function isRequest(fields: readonly HeaderField[]): boolean {
  const seen = new Set<string>();
  let isHead = true;
  for (const [name] of fields) {
    isHead &&= name.startsWith(':');
    if (isHead ? seen.has(name) || !pseudoHeaders.has(name) : !/^[!#-'*+\-.0-9^-z|~]+$/.test(name))
      return false;
    seen.add(name);
  }
  return seen.has(':method') && seen.has(':path');
}

/** The value of a header; the first, where there are several. */
export function valueOf(fields: readonly HeaderField[], name: string): string | undefined {
  return fields.find((field) => field[0] === name)?.[1];
}
