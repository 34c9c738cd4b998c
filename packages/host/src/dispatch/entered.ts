import type { CallLink, Method, Wrap } from './call-link.ts';

/** Runs code of a plugin so that what it begins is known as its own. */
export type Enter = <Result>(work: () => Result) => Result;

/** Stands before the implementation: what it begins is known as its own, also in the steps of a stream. */
export function entered(enter: Enter): Wrap {
  return ({ contract, next }: CallLink): Method =>
    contract.responseStream
      ? (input, options) => enteredItems(enter, () => next(input, options) as AsyncIterable<unknown>) // as the contract says
      : (input, options) => enter(() => next(input, options));
}

async function* enteredItems(
  enter: Enter,
  open: () => AsyncIterable<unknown>,
): AsyncGenerator<unknown, void, undefined> {
  const items = enter(() => open()[Symbol.asyncIterator]());
  try {
    for (;;) {
      const { value, done } = await enter(() => items.next());
      if (done) return;
      yield value;
    }
  } finally {
    await enter(() => items.return?.());
  }
}
