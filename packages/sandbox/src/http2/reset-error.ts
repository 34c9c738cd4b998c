import { errorCode } from './error-code.ts';

const names = Object.fromEntries(Object.entries(errorCode).map(([name, code]) => [code, name]));

/** What a stream broke with that the other side has reset; `undefined` where it only gave it up. */
export function resetBy(code: number): Error | undefined {
  if (code === errorCode.noError || code === errorCode.cancel) return undefined;
  return new Error(`the other side reset the stream: ${names[code] ?? code}`);
}
