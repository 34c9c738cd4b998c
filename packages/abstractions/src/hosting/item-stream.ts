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

  /** Waits for the step that could not be taken. May throw as well as reject. */
  protected abstract wait(): Promise<StreamStep<Item>>;

  /** What becomes of a step that was taken or waited for. Throws what the stream fails with. */
  protected pass(step: StreamStep<Item>): StreamStep<Item> {
    return step;
  }

  /** Nothing more is asked for: it has come to its end, has failed with this error, or its reader has left. Called once. */
  protected abstract leave(error?: unknown): unknown;

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next step if it is there, for a stream that reads this one; `undefined` when it is to be waited for by {@link next}. */
  ready(): StreamStep<Item> | undefined {
    return this.#waiting > 0 ? undefined : this.#take();
  }

  /** The next step, for who was told by {@link ready} that it is not there: it is waited for without another look. */
  later(): Promise<StreamStep<Item>> {
    return this.#waiting > 0 || this.#isOver ? this.next() : (this.#last = this.#wait());
  }

  next(): Promise<StreamStep<Item>> {
    if (this.#waiting > 0) return this.#inTurn(() => this.#take() ?? this.#wait());
    try {
      const step = this.#take();
      return step ? Promise.resolve(step) : (this.#last = this.#wait());
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

  #wait(): Promise<StreamStep<Item>> {
    this.#waiting += 1;
    try {
      return this.wait().then(this.#waited, this.#failed);
    } catch (error) {
      return this.#failed(error);
    }
  }

  #take(): StreamStep<Item> | undefined {
    if (this.#isOver) return endOfItems;
    try {
      const step = this.take();
      return step && this.#passed(step);
    } catch (error) {
      this.#endAlone(error);
      throw error;
    }
  }

  #passed(given: StreamStep<Item>): StreamStep<Item> {
    const step = this.pass(given);
    if (step.done) this.#endAlone();
    return step;
  }

  readonly #waited = (step: StreamStep<Item>): StreamStep<Item> => {
    this.#rest();
    try {
      return this.#passed(step);
    } catch (error) {
      this.#endAlone(error);
      throw error;
    }
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
