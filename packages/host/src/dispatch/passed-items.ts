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
    const step = readyOf(this.#source);
    return step && this.#passed(step);
  }

  protected override async wait(): Promise<StreamStep> {
    return this.#passed((await this.#source.next()) as StreamStep); // what it returns nobody looks at
  }

  /** As a loop does: who has ended or failed is not told to. */
  protected override leave(): unknown {
    return this.#rests ? this.#items?.return?.() : undefined;
  }

  get #source(): AsyncIterator<unknown> {
    return (this.#items ??= iteratorOf(this.#open()));
  }

  #passed(step: StreamStep): StreamStep {
    if (step.done) return step;
    this.#rests = true;
    if (!this.#map) return step;
    const item = this.#map(step.value);
    return item === step.value ? step : new NextItem(item);
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

async function* awaited(items: AsyncIterable<unknown>): AsyncGenerator<unknown, undefined, undefined> {
  yield* items;
}
