import { areHeaders } from './header-rules.ts';
import type { HeaderField } from './hpack/header-field.ts';

const ofRequest: ReadonlySet<string> = new Set([':method', ':scheme', ':authority', ':path']);
const ofAnswer: ReadonlySet<string> = new Set([':status']);
const ofTrailers: ReadonlySet<string> = new Set();

/** Whether these headers can begin a request (RFC 9113, 8.3.1). */
export function isRequest(fields: readonly HeaderField[]): boolean {
  const hasAll = [':method', ':scheme', ':path'].every((name) => valueOf(fields, name) !== undefined);
  return hasAll && areHeaders(fields, ofRequest);
}

/** Whether these headers can begin an answer (RFC 9113, 8.3.2). */
export function isAnswer(fields: readonly HeaderField[]): boolean {
  return /^[1-5]\d\d$/.test(valueOf(fields, ':status') ?? '') && areHeaders(fields, ofAnswer);
}

/** Whether these headers can end a request or an answer (RFC 9113, 8.1). */
export function areTrailers(fields: readonly HeaderField[]): boolean {
  return areHeaders(fields, ofTrailers);
}

/** The value of a header; the first, where there are several. */
export function valueOf(fields: readonly HeaderField[], name: string): string | undefined {
  return fields.find((field) => field[0] === name)?.[1];
}
