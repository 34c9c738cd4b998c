import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';
import type { AnswerTaker } from './answer-taker.ts';
import type { CallInFlight } from './call-in-flight.ts';
import type { Answer } from './gen/stellaops/plugin/v1/plugin.ts';

/** A call that was made and waits for its answer. */
export class WaitingCall implements CallInFlight {
  readonly id: number;
  readonly capability: string;
  readonly method: string;
  readonly startedAt: number;
  /** Lets go of the signal that it follows. */
  unfollow: (() => void) | undefined = undefined;
  readonly #taker: AnswerTaker;

  /** `startedAt`, by `performance.now()`, is read by its caller, who may know it already. */
  constructor(id: number, target: CallTarget, taker: AnswerTaker, startedAt: number) {
    this.id = id;
    this.capability = target.capability;
    this.method = target.method;
    this.#taker = taker;
    this.startedAt = startedAt;
  }

  /** Calls back when the signal is aborted before the call has ended. */
  follow(signal: AbortSignal, abort: () => void): void {
    signal.addEventListener('abort', abort, { once: true });
    this.unfollow = () => signal.removeEventListener('abort', abort);
  }

  receive(answer: Answer): void {
    try {
      this.#taker.take(answer);
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    this.#taker.fail(error);
  }
}
