import type { CallLink, Method } from './call-link.ts';

/** A method whose errors, of an answer or in a stream, pass a map on their way out. */
export function mapErrors({ contract, next }: CallLink, map: (error: unknown) => unknown): Method {
  if (contract.responseStream) {
    return async function* (input, options) {
      try {
        yield* next(input, options) as AsyncIterable<unknown>; // the contract says so
      } catch (error) {
        throw map(error);
      }
    };
  }
  return async (input, options) => {
    try {
      return await next(input, options);
    } catch (error) {
      throw map(error);
    }
  };
}
