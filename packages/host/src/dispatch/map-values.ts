import type { TSchema } from '@stellaops/plugin-abstractions';
import type { CallLink, Method } from './call-link.ts';

/** What becomes of a value on its way; it may throw. */
export type ValueMap = (value: unknown) => unknown;

/**
 * A method whose values, single or in a stream, pass a map on their way in and out. The maps are made once for a method, by the schema of
 * what passes them.
 */
export function mapValues(
  { contract, next }: CallLink,
  request: (schema: TSchema) => ValueMap,
  response: (schema: TSchema) => ValueMap,
): Method {
  const input = contract.requestStream
    ? inputItems(request(contract.requestStream))
    : request(contract.request);
  if (contract.responseStream) {
    const output = eachItem(response(contract.responseStream));
    return (given, options) => output(() => next(input(given), options));
  }
  const output = response(contract.response);
  return (given, options) => {
    try {
      return Promise.resolve(next(input(given), options)).then(output);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

function inputItems(map: ValueMap): ValueMap {
  const each = eachItem(map);
  return (items) => each(() => items);
}

/** The stream is opened when its first item is asked for. */
function eachItem(map: ValueMap): (open: () => unknown) => AsyncGenerator<unknown, void, undefined> {
  return async function* (open) {
    // The contract says that it is a stream; the loop throws for what is none.
    for await (const item of open() as AsyncIterable<unknown>) yield map(item);
  };
}
