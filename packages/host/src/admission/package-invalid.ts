import { PluginError } from '@stellaops/plugin-abstractions';

/** The refusal of a package for what is in it; `problem` never names a folder of the host. */
export function packageInvalid(
  source: string,
  problem: string,
  options?: ErrorOptions,
): PluginError<'PACKAGE_INVALID'> {
  return new PluginError('PACKAGE_INVALID', { source, problem }, options);
}

/** A path for a message: in quotes, and with nothing in it that moves a cursor or turns the direction of text. */
export function quoted(path: string): string {
  return JSON.stringify(path).replaceAll(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The code of a system error (`EACCES`), whose message would give away paths of the host; else the name of the error. */
export function errorCode(error: unknown): string {
  const { code, name } = Object(error);
  return [code, name].find((word) => typeof word === 'string') ?? 'unknown error';
}
