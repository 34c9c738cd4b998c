/** One step of a stream: an item, or the end. */
export type StreamStep<Item = unknown> = IteratorResult<Item, undefined>;

/**
 * The step that is an item. No literal: V8 may make one old from the beginning, and it would keep its item until the whole heap is
 * marked.
 */
export class NextItem<Item = unknown> {
  readonly done = false;
  readonly value: Item;

  constructor(value: Item) {
    this.value = value;
  }
}

/** The step that is the end. */
export const endOfItems: StreamStep<never> = Object.freeze({ done: true, value: undefined });

/**
 * A stream that is read as an async generator is: it begins when its first item is asked for, takes one step after the other, and ends by
 * the first error, or when its reader leaves. What it has already costs one promise, however many streams it passes through.
 */
export abstract class ItemStream<Item = unknown> implements AsyncIterableIterator<
  Item,
  undefined,
  undefined
> {
  #isOver = false;
  /** How many steps somebody waits for, and the last of them. */
  #waiting = 0;
  #last: Promise<unknown> = nothing;

  /** The next step, if it can be taken now; `undefined` otherwise. Throws what the stream fails with. */
  protected abstract take(): StreamStep<Item> | undefined;

  /** Waits for the step that could not be taken. */
  protected abstract wait(): Promise<StreamStep<Item>>;

  /** Nothing more is asked for: it has come to its end, has failed with this error, or its reader has left. Called once. */
  protected abstract leave(error?: unknown): unknown;

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next step if it is there, for a stream that reads this one; `undefined` when it is to be waited for by {@link next}. */
  ready(): StreamStep<Item> | undefined {
    return this.#waiting > 0 ? undefined : this.#take();
  }

  next(): Promise<StreamStep<Item>> {
    if (this.#waiting > 0) return this.#inTurn(() => this.#step());
    try {
      const step = this.#step();
      return step instanceof Promise ? (this.#last = step) : Promise.resolve(step);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  return(): Promise<StreamStep<Item>> {
    const leave = async (): Promise<StreamStep<Item>> => {
      await this.#end();
      return endOfItems;
    };
    return this.#waiting > 0 ? this.#inTurn(leave) : leave();
  }

  #step(): StreamStep<Item> | Promise<StreamStep<Item>> {
    const step = this.#take();
    if (step) return step;
    this.#waiting += 1;
    return this.wait().then(this.#taken, this.#failed);
  }

  #take(): StreamStep<Item> | undefined {
    if (this.#isOver) return endOfItems;
    try {
      const step = this.take();
      if (step?.done) this.#endAlone();
      return step;
    } catch (error) {
      this.#endAlone(error);
      throw error;
    }
  }

  readonly #taken = (step: StreamStep<Item>): StreamStep<Item> => {
    this.#rest();
    if (step.done) this.#endAlone();
    return step;
  };

  readonly #failed = (error: unknown): never => {
    this.#rest();
    this.#endAlone(error);
    throw error;
  };

  #inTurn<Value>(step: () => Value | Promise<Value>): Promise<Value> {
    this.#waiting += 1;
    const taken = (): Value | Promise<Value> => {
      this.#waiting -= 1;
      return step();
    };
    const turn = this.#last.then(taken, taken);
    this.#last = turn;
    return turn;
  }

  /** One wait less. What it came to is forgotten: a stream that lasts would keep it. */
  #rest(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#last = nothing;
  }

  /** Ends where nobody is to wait for it, or to hear of what goes wrong then. */
  #endAlone(error?: unknown): void {
    this.#end(error).catch(() => undefined);
  }

  async #end(error?: unknown): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.leave(error);
  }
}

const nothing = Promise.resolve();
