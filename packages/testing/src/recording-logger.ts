import type { Logger } from '@stellaops/plugin-abstractions';

/** One line of log. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that keeps its lines, those of its children included. */
export interface RecordingLogger extends Logger {
  readonly lines: readonly LogLine[];
}

/** Makes a logger whose lines a test can read. */
export function recordingLogger(): RecordingLogger {
  return recorder([], {});
}

function recorder(lines: LogLine[], bound: Readonly<Record<string, unknown>>): RecordingLogger {
  const write =
    (level: LogLine['level']) =>
    (given: object | string, message = ''): void => {
      const line =
        typeof given === 'string'
          ? { message: given, fields: bound }
          : { message, fields: { ...bound, ...given } };
      lines.push({ level, ...line });
    };
  return {
    lines,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => recorder(lines, { ...bound, ...fields }),
  };
}
