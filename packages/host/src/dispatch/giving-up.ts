import type { CallTurn } from './call-turn.ts';

/** Who has to do with it when a call is given up. Few calls have any of them, and as fields of the call each would pay for them. */
export class GivingUp {
  /** What the call was given up with. */
  error: Error | undefined;
  /** Lets go of the signal of the caller. */
  unfollow: (() => void) | undefined;
  /** Told by whoever the call was handed to. */
  follower: ((error: Error) => void) | undefined;
  /** The wait for a place. */
  turn: CallTurn | undefined;
  #controller: AbortController | undefined;

  /** Aborted when the call is given up. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.error) this.#controller.abort(this.error);
    return this.#controller.signal;
  }

  /** Tells all of them but the caller. */
  tell(error: Error): void {
    this.turn?.giveUp(error);
    this.follower?.(error);
    this.#controller?.abort(error);
  }
}
