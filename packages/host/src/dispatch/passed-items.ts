import { ItemStream, NextItem, type StreamStep } from '@stellaops/plugin-abstractions/hosting';

/** The items of a stream, each as a map makes it. The stream is opened when its first item is asked for. */
export class PassedItems extends ItemStream {
  readonly #open: () => unknown;
  readonly #map: ((item: unknown) => unknown) | undefined;
  #items: AsyncIterator<unknown> | undefined;
  /** Whether it has given an item, and waits for its reader. */
  #rests = false;

  /** Without a map the items are handed on. */
  constructor(open: () => unknown, map?: (item: unknown) => unknown) {
    super();
    this.#open = open;
    this.#map = map;
  }

  protected override take(): StreamStep | undefined {
    this.#rests = false;
    return readyOf(this.#source());
  }

  protected override wait(): Promise<StreamStep> {
    return laterOf(this.#source());
  }

  protected override pass(step: StreamStep): StreamStep {
    if (step.done) return step;
    this.#rests = true;
    if (!this.#map) return step;
    const item = this.#map(step.value);
    return item === step.value ? step : new NextItem(item);
  }

  /** As a loop does: who has ended or failed is not told to. */
  protected override leave(): unknown {
    return this.#rests ? this.#items?.return?.() : undefined;
  }

  #source(): AsyncIterator<unknown> {
    return (this.#items ??= iteratorOf(this.#open()));
  }
}

/** What reads a stream; the contract says that it is one, and what is none throws. */
function iteratorOf(items: unknown): AsyncIterator<unknown> {
  const isAsync = Symbol.asyncIterator in Object(items);
  const iterable = items as AsyncIterable<unknown>; // or nothing to iterate over, which is for the generator to say
  return isAsync ? iterable[Symbol.asyncIterator]() : awaited(iterable);
}

/** What a stream has already; `undefined` where that cannot be known, or is nothing. */
export function readyOf(items: AsyncIterator<unknown>): StreamStep | undefined {
  return items instanceof ItemStream ? items.ready() : undefined;
}

/** What comes next of a stream that has nothing already. */
export function laterOf(items: AsyncIterator<unknown>): Promise<StreamStep> {
  if (items instanceof ItemStream) return items.later();
  return Promise.resolve(items.next()) as Promise<StreamStep>; // what it returns when it ends nobody looks at
}

async function* awaited(items: AsyncIterable<unknown>): AsyncGenerator<unknown, undefined, undefined> {
  yield* items;
}
