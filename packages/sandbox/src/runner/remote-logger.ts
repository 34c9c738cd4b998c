import type { Logger } from '@stellaops/plugin-abstractions';
import type { Connection, HostFrame, RunnerFrame } from '../wire/connection.ts';
import { LogLevel } from '../wire/messages.ts';

/** What the host shows of a message or of fields; sending more would only reach the limit of a message. */
const maxLength = 8 * 1024;

/** The logger of a plugin in a sandbox: its lines travel to the host, cut to what it shows. */
export function remoteLogger(connection: Connection<RunnerFrame, HostFrame>, bound: object = {}): Logger {
  const write =
    (level: LogLevel) =>
    (fieldsOrMessage: object | string, message = ''): void => {
      const isText = typeof fieldsOrMessage === 'string';
      const fieldsJson = json(isText ? bound : { ...bound, ...fieldsOrMessage });
      const text = isText ? fieldsOrMessage : message;
      connection.send({
        $case: 'log',
        value: {
          level,
          message: text.slice(0, maxLength + 1), // one more, so that the host sees that it was cut
          fieldsJson: fieldsJson.length > maxLength ? '{"dropped":"its fields were too long"}' : fieldsJson,
        },
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
