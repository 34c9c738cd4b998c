/** Writes one structured line: fields and a message, or a message alone. */
interface LogWriter {
  (fields: object, message?: string): void;
  (message: string): void;
}

/** What the framework writes its log to. A pino logger is one. */
export interface Logger {
  readonly debug: LogWriter;
  readonly info: LogWriter;
  readonly warn: LogWriter;
  readonly error: LogWriter;
  /** A logger that puts these fields on every line. */
  child(fields: Record<string, unknown>): Logger;
}
