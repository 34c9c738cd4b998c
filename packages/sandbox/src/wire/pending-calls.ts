import { isPluginError, PluginError, type CallOptions } from '@stellaops/plugin-abstractions';
import { follower, takesFollower, type CallTarget } from '@stellaops/plugin-abstractions/hosting';
import type { CallInFlight } from './call-in-flight.ts';
import type { CallPort } from './call-port.ts';
import { encodeReason } from './abort-reason.ts';
import { problemOf } from './failure-codec.ts';
import type { Answer, Call } from './gen/stellaops/plugin/v1/plugin.ts';

/** A call that waits. */
interface PendingCall extends CallInFlight {
  readonly answered: (answer: Answer) => void;
  readonly failed: (error: PluginError) => void;
  /** Lets go of the signal of the caller. */
  readonly unfollow: (() => void) | undefined;
}

/** The calls that this end has made and that have not ended, by id. */
export class PendingCalls {
  readonly #port: CallPort;
  readonly #side: 'host' | 'runner';
  readonly #calls = new Map<number, PendingCall>();
  #closed: PluginError | undefined;
  #lastId = 0;

  constructor(port: CallPort, side: 'host' | 'runner') {
    this.#port = port;
    this.#side = side;
  }

  /** Oldest first. */
  get inFlight(): readonly CallInFlight[] {
    return [...this.#calls.values()];
  }

  /** The next id. Throws what closed the connection, or `CALL_REFUSED` when the bound is reached. */
  nextId(target: CallTarget): number {
    if (this.#closed) throw this.#closed;
    const limitCount = this.#port.limits.maxCallsInFlight;
    if (this.#calls.size >= limitCount) {
      throw new PluginError('CALL_REFUSED', { ...target, limitCount, option: 'messages.maxCallsInFlight' });
    }
    return ++this.#lastId;
  }

  /** Whether an answer to the call is still to come. */
  isPending(id: number): boolean {
    return this.#calls.has(id);
  }

  /**
   * Sends a call. Resolves with what is read of its answer; rejects when its caller gives it up, having told the other side, and when the
   * connection closes.
   */
  start<Value>(
    call: Call,
    target: CallTarget,
    options: CallOptions,
    read: (answer: Answer) => Value | Promise<Value>,
  ): Promise<Value> {
    const answer = this.wait(call.id, target, options, read);
    if (this.#calls.has(call.id)) this.#port.send({ $case: 'call', value: call });
    return answer;
  }

  /** Waits for the answer to a call that the other side has, or for the rest of one. */
  wait<Value>(
    id: number,
    target: CallTarget,
    options: CallOptions,
    read: (answer: Answer) => Value | Promise<Value>,
  ): Promise<Value> {
    return new Promise((resolve, failed) => {
      if (this.#closed) return failed(this.#closed);
      const answered = (answer: Answer): void => {
        try {
          resolve(read(answer));
        } catch (error) {
          failed(error);
        }
      };
      const isFollower = takesFollower(options);
      if (!isFollower && options.signal?.aborted) return failed(cancelled(target, options.signal.reason));
      if (isFollower) options[follower] = (error) => this.cancel(id, cancelled(target, error), error);
      const unfollow = isFollower ? undefined : this.#follow(id, target, options.signal);
      const { capability, method } = target;
      this.#calls.set(id, { capability, method, startedAt: performance.now(), answered, failed, unfollow });
    });
  }

  /** Gives a call up with this error, and tells the other side the reason. Does nothing for one that has ended. */
  cancel(id: number, error: PluginError, reason: unknown = error): void {
    if (!this.#calls.has(id)) return;
    this.#port.send({ $case: 'cancel', value: { id, ...encodeReason(reason, this.#side) } });
    this.#take(id)?.failed(error);
  }

  /** Forgets a call whose stream has come to its end; its promise stays as it is. */
  finish(id: number): void {
    this.#take(id);
  }

  /** Takes an answer. One that nobody waits for any more, or ever did, is dropped. */
  receive(answer: Answer): void {
    this.#take(answer.id)?.answered(answer);
  }

  /** Ends every call with this error, those in flight and those to come. */
  close(error: PluginError): void {
    this.#closed ??= error;
    for (const id of this.#calls.keys()) this.#take(id)?.failed(error);
  }

  #take(id: number): PendingCall | undefined {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.unfollow?.();
    return call;
  }

  #follow(id: number, target: CallTarget, signal: AbortSignal | undefined): (() => void) | undefined {
    if (!signal) return undefined;
    const abort = (): void => this.cancel(id, cancelled(target, signal.reason), signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    return () => signal.removeEventListener('abort', abort);
  }
}

function cancelled(target: CallTarget, reason: unknown): PluginError {
  if (isPluginError(reason)) return reason;
  return new PluginError('CALL_CANCELLED', { ...target, problem: problemOf(reason) }, { cause: reason });
}
