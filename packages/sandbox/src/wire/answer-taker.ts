import type { AnsweredCall } from '@stellaops/plugin-abstractions/hosting';
import type { Answer } from './gen/stellaops/plugin/v1/plugin.ts';
import type { OutgoingCall } from './outgoing-call.ts';
import { isTransferred, transferResponse } from './transfer-call.ts';

/** Who is given the answer to a call, or what it failed of; the one or the other, once. */
export interface AnswerTaker {
  /** What this throws is what the call failed of. */
  take(answer: Answer): void;
  fail(error: unknown): void;
}

/** Has a promise of what is read of the answer. */
export class PromisedAnswer<Value> implements AnswerTaker {
  readonly promise: Promise<Value>;
  readonly #settle = Promise.withResolvers<Value>();
  readonly #read: (answer: Answer) => Value | Promise<Value>;

  constructor(read: (answer: Answer) => Value | Promise<Value>) {
    this.#read = read;
    this.promise = this.#settle.promise;
  }

  take(answer: Answer): void {
    this.#settle.resolve(this.#read(answer));
  }

  fail(error: unknown): void {
    this.#settle.reject(error);
  }
}

/** Tells the options of a call what its answer says: without a promise, which would cost a host a fiftieth of the call. */
export class ToldAnswer implements AnswerTaker {
  readonly #call: OutgoingCall;
  readonly #id: number;
  readonly #asker: AnsweredCall;

  constructor(call: OutgoingCall, id: number, asker: AnsweredCall) {
    this.#call = call;
    this.#id = id;
    this.#asker = asker;
  }

  take(answer: Answer): void {
    if (!isTransferred(answer)) return this.#asker.answered(this.#call.read(answer));
    transferResponse(this.#call, this.#id).then(
      (value) => this.#asker.answered(value),
      (error: unknown) => this.#asker.failed(error),
    );
  }

  fail(error: unknown): void {
    this.#asker.failed(error);
  }
}
