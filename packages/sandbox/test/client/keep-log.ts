import type { Logger } from '@stellaops/plugin-abstractions';

/** What a logger of these tests has written. */
export interface Written {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

/** A logger that keeps what is written. */
export function keepLog(): { readonly logger: Logger; readonly written: Written[] } {
  const written: Written[] = [];
  const write =
    (level: string) =>
    (given: object | string, message = ''): void => {
      written.push(
        typeof given === 'string' ? { level, fields: {}, message: given } : { level, fields: given, message },
      );
    };
  const logger: Logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => logger,
  };
  return { logger, written };
}
