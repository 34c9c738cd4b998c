import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';
import type { CallInFlight } from './call-in-flight.ts';
import type { Answer } from './gen/stellaops/plugin/v1/plugin.ts';

/** A call that was made and waits for its answer. */
export class WaitingCall<Value = unknown> implements CallInFlight {
  readonly id: number;
  /** What is read of the answer. */
  readonly answer: Promise<Value>;
  readonly capability: string;
  readonly method: string;
  readonly startedAt: number;
  /** Lets go of the signal that it follows. */
  unfollow: (() => void) | undefined = undefined;
  readonly #read: (answer: Answer) => Value | Promise<Value>;
  readonly #settle = Promise.withResolvers<Value>();

  /** `startedAt`, by `performance.now()`, is read by its caller, who may know it already. */
  constructor(
    id: number,
    target: CallTarget,
    read: (answer: Answer) => Value | Promise<Value>,
    startedAt: number,
  ) {
    this.id = id;
    this.capability = target.capability;
    this.method = target.method;
    this.#read = read;
    this.startedAt = startedAt;
    this.answer = this.#settle.promise;
  }

  /** Calls back when the signal is aborted before the call has ended. */
  follow(signal: AbortSignal, abort: () => void): void {
    signal.addEventListener('abort', abort, { once: true });
    this.unfollow = () => signal.removeEventListener('abort', abort);
  }

  receive(answer: Answer): void {
    try {
      this.#settle.resolve(this.#read(answer));
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    this.#settle.reject(error);
  }
}
