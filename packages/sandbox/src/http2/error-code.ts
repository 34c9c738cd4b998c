/** Why a stream or a connection of HTTP/2 ended (RFC 9113, 7). */
export const errorCode = {
  noError: 0,
  protocolError: 1,
  internalError: 2,
  flowControlError: 3,
  settingsTimeout: 4,
  streamClosed: 5,
  frameSizeError: 6,
  refusedStream: 7,
  cancel: 8,
  compressionError: 9,
  connectError: 10,
  enhanceYourCalm: 11,
  inadequateSecurity: 12,
  http11Required: 13,
} as const;

/** One of them. */
export type ErrorCode = (typeof errorCode)[keyof typeof errorCode];

/** What the other side did that HTTP/2 does not allow, or that is more than is taken. It ends the connection. The message is what it did. */
export class Http2Error extends Error {
  /** What the other side is told. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, problem: string) {
    super(problem);
    this.code = code;
  }
}
