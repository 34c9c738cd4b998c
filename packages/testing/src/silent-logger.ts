import type { Logger } from '@stellaops/plugin-abstractions';

const nothing = (): void => undefined;

/** A logger that writes nothing. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLogger,
};
