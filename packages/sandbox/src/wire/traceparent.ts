/** https://www.w3.org/TR/trace-context/#traceparent-header, version 00: what is all zeros names nothing. */
const format = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The trace context that a call brought; `undefined` for none, and for what is malformed. */
export function readTraceparent(text: string): string | undefined {
  return text !== '' && format.test(text) ? text : undefined;
}
