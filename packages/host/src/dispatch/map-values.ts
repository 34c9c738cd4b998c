import type { TSchema } from '@stellaops/plugin-abstractions';
import type { CallLink, Method } from './call-link.ts';
import { PassedItems } from './passed-items.ts';

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
    const output = response(contract.responseStream);
    return (given, options) => new PassedItems(() => next(input(given), options), output);
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
  return (items) => new PassedItems(() => items, map);
}
