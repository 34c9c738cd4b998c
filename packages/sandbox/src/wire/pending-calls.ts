import { isPluginError, PluginError, type CallOptions } from '@stellaops/plugin-abstractions';
import { follower, takesFollower, type CallTarget } from '@stellaops/plugin-abstractions/hosting';
import { encodeReason } from './abort-reason.ts';
import { PromisedAnswer, type AnswerTaker } from './answer-taker.ts';
import type { CallInFlight } from './call-in-flight.ts';
import type { CallPort } from './call-port.ts';
import { CallsById } from './calls-by-id.ts';
import { problemOf } from './failure-codec.ts';
import type { Answer, Call } from './gen/stellaops/plugin/v1/plugin.ts';
import { WaitingCall } from './waiting-call.ts';

/** The calls that this end has made and that have not ended, by id. */
export class PendingCalls {
  readonly #port: CallPort;
  readonly #side: 'host' | 'runner';
  readonly #calls = new CallsById<WaitingCall>();
  #closed: PluginError | undefined;
  #lastId = 0;

  constructor(port: CallPort, side: 'host' | 'runner') {
    this.#port = port;
    this.#side = side;
  }

  /** Oldest first. */
  get inFlight(): readonly CallInFlight[] {
    return this.#calls.all();
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
    return this.#calls.get(id) !== undefined;
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
    const taker = new PromisedAnswer(read);
    this.ask(call, target, options, taker);
    return taker.promise;
  }

  /**
   * Sends a call, and gives its answer to who takes it; and what it fails of, as {@link start} would reject. Throws what keeps it from being
   * sent: then nobody is told.
   */
  ask(call: Call, target: CallTarget, options: CallOptions, taker: AnswerTaker): void {
    this.#add(call.id, target, options, taker);
    if (!this.#calls.get(call.id)) return;
    try {
      this.#port.send({ $case: 'call', value: call });
    } catch (error) {
      this.#take(call.id);
      throw error;
    }
  }

  /** Waits for the answer to a call that the other side has, or for the rest of one. */
  wait<Value>(
    id: number,
    target: CallTarget,
    options: CallOptions,
    read: (answer: Answer) => Value | Promise<Value>,
  ): Promise<Value> {
    const taker = new PromisedAnswer(read);
    this.#add(id, target, options, taker);
    return taker.promise;
  }

  /** Gives a call up with this error, and tells the other side the reason. Does nothing for one that has ended. */
  cancel(id: number, error: PluginError, reason: unknown = error): void {
    if (!this.#calls.get(id)) return;
    this.#port.send({ $case: 'cancel', value: { id, ...encodeReason(reason, this.#side) } });
    this.#take(id)?.fail(error);
  }

  /** Forgets a call whose stream has come to its end; its promise stays as it is. */
  finish(id: number): void {
    this.#take(id);
  }

  /** Takes an answer. One that nobody waits for any more, or ever did, is dropped. */
  receive(answer: Answer): void {
    this.#take(answer.id)?.receive(answer);
  }

  /** Ends every call with this error, those in flight and those to come. */
  close(error: PluginError): void {
    this.#closed ??= error;
    for (const { id } of this.#calls.all()) this.#take(id)?.fail(error);
  }

  #add(id: number, target: CallTarget, options: CallOptions, taker: AnswerTaker): void {
    if (this.#closed) return taker.fail(this.#closed);
    if (takesFollower(options)) {
      options[follower] = (error) => this.cancel(id, cancelled(target, error), error);
      this.#calls.add(new WaitingCall(id, target, taker, options.startedAt));
      return;
    }
    const { signal } = options;
    if (signal?.aborted) return taker.fail(cancelled(target, signal.reason));
    const call = new WaitingCall(id, target, taker, performance.now());
    if (signal) call.follow(signal, () => this.cancel(id, cancelled(target, signal.reason), signal.reason));
    this.#calls.add(call);
  }

  #take(id: number): WaitingCall | undefined {
    const call = this.#calls.take(id);
    call?.unfollow?.();
    return call;
  }
}

function cancelled(target: CallTarget, reason: unknown): PluginError {
  if (isPluginError(reason)) return reason;
  return new PluginError('CALL_CANCELLED', { ...target, problem: problemOf(reason) }, { cause: reason });
}
