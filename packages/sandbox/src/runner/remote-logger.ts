import type { Logger } from '@stellaops/plugin-abstractions';
import type { Connection, HostFrame, RunnerFrame } from '../wire/connection.ts';
import { LogLevel } from '../wire/messages.ts';

/** The logger of a plugin in a sandbox: its lines travel to the host. */
export function remoteLogger(connection: Connection<RunnerFrame, HostFrame>, bound: object = {}): Logger {
  const write =
    (level: LogLevel) =>
    (fieldsOrMessage: object | string, message = ''): void => {
      const isText = typeof fieldsOrMessage === 'string';
      const fieldsJson = json(isText ? bound : { ...bound, ...fieldsOrMessage });
      connection.send({
        $case: 'log',
        value: { level, message: isText ? fieldsOrMessage : message, fieldsJson },
      });
    };
  return {
    debug: write(LogLevel.DEBUG),
    info: write(LogLevel.INFO),
    warn: write(LogLevel.WARN),
    error: write(LogLevel.ERROR),
    child: (fields) => remoteLogger(connection, { ...bound, ...fields }),
  };
}

function json(fields: object): string {
  if (Object.keys(fields).length === 0) return '';
  try {
    return JSON.stringify(fields, (_, value: unknown) =>
      value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value,
    );
  } catch {
    return ''; // a cycle or a bigint: the message still goes
  }
}
