import { errorCode, Http2Error } from './error-code.ts';

const names = new Map<number, string>(
  Object.entries(errorCode).map(([name, code]) => [code, name.replaceAll(/[A-Z\d]/g, '_$&').toUpperCase()]),
);

/** What a stream broke with that the other side has reset; `undefined` where it only gave it up. */
export function resetBy(code: number): Error | undefined {
  if (code === errorCode.noError || code === errorCode.cancel) return undefined;
  return new Http2Error(errorCode.protocolError, `it reset a stream: ${names.get(code) ?? code}`);
}
