import type { PluginError } from '@stellaops/plugin-abstractions';
import { cancelled, failureOf } from './call-failures.ts';
import type { Wrap } from './call-link.ts';
import { plainOptions } from './plain-options.ts';

/**
 * Whatever an implementation throws is a failure of the call, with the thrown value as its cause; unless it only hands on what
 * the stream threw that it was called with. The options that an author gets are plain data, which he may copy and change.
 */
export const attributed: Wrap = ({ target, contract, next }) => {
  const failed = failureOf(target);
  const failure = (thrown: unknown, inputError: unknown): PluginError =>
    thrown === inputError ? cancelled(target, thrown) : failed(thrown);
  if (!contract.requestStream && !contract.responseStream) {
    // The usual call, made with as little as possible: no failure of it can come from its input.
    const blame = (error: unknown): never => {
      throw failed(error);
    };
    return (input, options) => {
      try {
        return Promise.resolve(next(input, plainOptions(options))).then(undefined, blame);
      } catch (error) {
        return Promise.reject(failed(error));
      }
    };
  }
  const open = (input: unknown) => {
    const watched = contract.requestStream ? new WatchedStream(input) : undefined;
    return { input: watched ?? input, thrown: (error: unknown) => failure(error, watched?.error ?? nothing) };
  };
  if (contract.responseStream) {
    return async function* (given, options) {
      const { input, thrown } = open(given);
      try {
        yield* next(input, plainOptions(options)) as AsyncIterable<unknown>; // the contract says so; what is none throws here
      } catch (error) {
        throw thrown(error);
      }
    };
  }
  return async (given, options) => {
    const { input, thrown } = open(given);
    try {
      return await next(input, plainOptions(options));
    } catch (error) {
      throw thrown(error);
    }
  };
};

const nothing = Symbol('nothing was thrown');

/** Hands on a stream and remembers what it threw. */
class WatchedStream implements AsyncIterable<unknown> {
  readonly items: AsyncIterable<unknown>;
  error: unknown;

  constructor(items: unknown) {
    this.items = items as AsyncIterable<unknown>; // the contract says that the request is a stream
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
    try {
      yield* this.items;
    } catch (error) {
      throw (this.error = error);
    }
  }
}
