import { errorCode, Http2Error } from '../error-code.ts';

/** What ends a connection whose headers cannot be read: from there on the tables of both sides differ (RFC 9113, 4.3). */
export function compressionError(problem: string): Http2Error {
  return new Http2Error(errorCode.compressionError, problem);
}
