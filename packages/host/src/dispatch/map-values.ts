import type { TSchema } from '@stellaops/plugin-abstractions';
import type { CallLink, Method } from './call-link.ts';

/** What becomes of each value that passes a method, by its schema; it may throw. */
export interface ValueMap {
  request(schema: TSchema, value: unknown): unknown;
  response(schema: TSchema, value: unknown): unknown;
}

/** A method whose values, single or in a stream, pass a map on their way in and out. */
export function mapValues({ contract, next }: CallLink, map: ValueMap): Method {
  const input = (given: unknown): unknown =>
    contract.requestStream
      ? mapItems(given, (item) => map.request(contract.requestStream, item))
      : map.request(contract.request, given);
  if (contract.responseStream) {
    return async function* (given, options) {
      yield* mapItems(next(input(given), options), (item) => map.response(contract.responseStream, item));
    };
  }
  return async (given, options) => map.response(contract.response, await next(input(given), options));
}

async function* mapItems(
  items: unknown,
  map: (item: unknown) => unknown,
): AsyncGenerator<unknown, void, undefined> {
  // The contract says that it is a stream; the loop throws for what is none.
  for await (const item of items as AsyncIterable<unknown>) yield map(item);
}
