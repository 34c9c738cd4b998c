import { isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';
import type { CallInFlight } from './call-in-flight.ts';
import type { CallPort } from './call-port.ts';
import { encodeReason } from './abort-reason.ts';
import { problemOf } from './failure-codec.ts';
import type { Answer, Call } from './gen/stellaops/plugin/v1/plugin.ts';

type Outcome = { readonly answer: Answer } | { readonly error: PluginError } | 'finished';

/** A call that waits. */
interface PendingCall extends CallInFlight {
  readonly settle: (outcome: Outcome) => void;
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

  /** Sends a call. Resolves with its answer; rejects when the signal aborts, having told the other side, and when the connection closes. */
  start(call: Call, target: CallTarget, signal: AbortSignal | undefined): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled(target, signal.reason));
      const abort = (): void => this.cancel(call.id, cancelled(target, signal?.reason), signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      const settle = (outcome: Outcome): void => {
        signal?.removeEventListener('abort', abort);
        if (outcome === 'finished') return;
        if ('error' in outcome) reject(outcome.error);
        else resolve(outcome.answer);
      };
      const { capability, method } = target;
      this.#calls.set(call.id, { capability, method, startedAt: performance.now(), settle });
      this.#port.send({ $case: 'call', value: call });
    });
  }

  /** Gives a call up with this error, and tells the other side the reason. Does nothing for one that has ended. */
  cancel(id: number, error: PluginError, reason: unknown = error): void {
    if (!this.#calls.has(id)) return;
    this.#port.send({ $case: 'cancel', value: { id, ...encodeReason(reason, this.#side) } });
    this.#end(id, { error });
  }

  /** Forgets a call whose stream has come to its end; its promise stays as it is. */
  finish(id: number): void {
    this.#end(id, 'finished');
  }

  /** Takes an answer. One that nobody waits for any more, or ever did, is dropped. */
  receive(answer: Answer): void {
    this.#end(answer.id, { answer });
  }

  /** Ends every call with this error, those in flight and those to come. */
  close(error: PluginError): void {
    this.#closed ??= error;
    for (const id of this.#calls.keys()) this.#end(id, { error });
  }

  #end(id: number, outcome: Outcome): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.settle(outcome);
  }
}

function cancelled(target: CallTarget, reason: unknown): PluginError {
  if (isPluginError(reason)) return reason;
  return new PluginError('CALL_CANCELLED', { ...target, problem: problemOf(reason) }, { cause: reason });
}
