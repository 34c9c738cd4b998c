import { inspect } from 'node:util';
import { isPluginError, PluginError, type CallOptions } from '@stellaops/plugin-abstractions';
import { follower, type FollowedCall } from '@stellaops/plugin-abstractions/hosting';
import { limitOf, type MethodChannel } from './call-channel.ts';
import type { Expiring, ExpiryList } from './call-deadlines.ts';
import { cancelled } from './call-failures.ts';
import type { Method } from './call-link.ts';
import { CallTurn } from './call-turn.ts';
import { whenAborted } from './when-aborted.ts';

/**
 * One call to a plugin, from its caller until it has ended: counted, timed, and given up when its time is over or somebody says so.
 * It is also the options that the next link is called with, so that a signal is made only for who looks at it.
 */
export class PendingCall implements Expiring, FollowedCall {
  [follower]: ((error: Error) => void) | undefined = undefined;
  since: number | undefined;
  list: ExpiryList | undefined;
  before: Expiring | undefined;
  after: Expiring | undefined;
  readonly channel: MethodChannel;
  readonly #options: CallOptions;
  /** How long the answer, or the next item, may take; missing where that is for ever. */
  readonly #limitMs: number | undefined;
  /** Missing where nobody needs to know the time: to read the clock costs as much as half a call. */
  #startedAt: number | undefined;
  #controller: AbortController | undefined;
  #unfollow: (() => void) | undefined;
  #givenUp: Error | undefined;
  #turn: CallTurn | undefined;
  #resolve: ((value: unknown) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;
  #isWhole = false;
  #hasPlace = false;
  /** For how many calls its time stands; 0 while that is not known, and when it is not timed. */
  #weight = 0;
  #isOver = false;

  /** The call counts from now on, until {@link end}. */
  constructor(channel: MethodChannel, options: CallOptions) {
    this.channel = channel;
    this.#options = options;
    this.#limitMs = options.timeoutMs === undefined ? channel.limitMs : limitOf(options.timeoutMs);
    channel.calls.begin();
    channel.method.calls += 1;
    if (options.signal) this.#follow(options.signal);
  }

  get owner(): object {
    return this.channel.gate;
  }

  get timeoutMs(): number {
    return this.#limitMs ?? Infinity;
  }

  get startedAt(): number {
    return this.#startedAt ?? 0;
  }

  /** Aborted when the call is given up, by whomever. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#givenUp) this.#controller.abort(this.#givenUp);
    return this.#controller.signal;
  }

  get traceparent(): string | undefined {
    return this.#options.traceparent;
  }

  /** As an author sees his options when he prints them: Node looks through a proxy. */
  [inspect.custom](): CallOptions {
    const { signal, timeoutMs, traceparent } = this;
    return { signal, timeoutMs, traceparent };
  }

  /** What it was given up with, if it was. */
  get givenUp(): Error | undefined {
    const { gate, target } = this.channel;
    if (gate.closed) this.giveUp(cancelled(target, gate.closed));
    return this.#givenUp;
  }

  /** Takes a place at the plugin; `false` when none is free. */
  enter(): boolean {
    const hasPlace = this.channel.gate.enter();
    if (hasPlace) this.#reach();
    else this.#startedAt = performance.now();
    return hasPlace;
  }

  /** Waits for a place. Rejects, and has ended, when there will be none. */
  async turn(): Promise<void> {
    try {
      if (this.#givenUp) throw this.#givenUp;
      this.#turn = new CallTurn(this.channel, this.timeoutMs);
      await this.#turn.come;
      this.#reach();
    } catch (error) {
      this.end(error);
      throw error;
    } finally {
      this.#turn = undefined;
    }
  }

  /** Asks for the one answer, with which the call ends. `now` is the time of the clock, where the call did not begin just now. */
  answer(next: Method, input: unknown, now = this.#startedAt): Promise<unknown> {
    this.#isWhole = true;
    return this.#ask(next, input, now, this.#startedAt);
  }

  /** Asks for the next item of a stream; the call goes on. */
  item(next: () => unknown): Promise<unknown> {
    const now = this.#startedAt === undefined ? undefined : performance.now();
    return this.#ask(next, undefined, now, now);
  }

  expire(): void {
    const { timeoutMs, channel } = this;
    this.giveUp(new PluginError('CALL_TIMED_OUT', { ...channel.target, timeoutMs }));
  }

  /** What it waits for rejects with this error now, and what it would wait for later. */
  giveUp(error: Error): void {
    if (this.#isOver || this.#givenUp) return;
    this.#givenUp = error;
    this.#turn?.giveUp(error);
    this.#rejected(error);
    this[follower]?.(error);
    this.#controller?.abort(error);
  }

  /** The call has ended, with this error if it failed. Nothing happens when it had ended before. */
  end(error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#unfollow?.();
    const { method, counters, calls, gate } = this.channel;
    if (error !== undefined) method.failed(isPluginError(error) ? error.code : 'CALL_FAILED');
    if (this.#weight > 0) method.durations.record(performance.now() - this.startedAt, this.#weight);
    if (this.#hasPlace) {
      counters.inFlight -= 1;
      gate.leave();
    }
    calls.end();
  }

  #reach(): void {
    const { counters, method, blocked } = this.channel;
    this.#hasPlace = true;
    counters.inFlight += 1;
    this.#weight = blocked ? method.sampling.next() : 1; // a call to another process costs so much more than the clock
    if (this.#weight === 0 && this.#limitMs === undefined) return;
    this.#startedAt ??= performance.now();
    if (this.#weight > 0) method.sampling.timed(this.#startedAt);
  }

  #ask(next: Method, input: unknown, now: number | undefined, since: number | undefined): Promise<unknown> {
    const { deadlines, blocked } = this.channel;
    const { givenUp } = this;
    if (givenUp) {
      if (this.#isWhole) this.end(givenUp);
      return Promise.reject(givenUp);
    }
    deadlines.add(this, this.#limitMs, since);
    let answer: Promise<unknown>;
    try {
      answer = Promise.resolve(next(input, this));
    } catch (error) {
      answer = Promise.reject(error);
    }
    if (blocked && now !== undefined) this.#account(performance.now() - now);
    if (this.#isWhole && this[follower])
      return answer.then(this.#answered.bind(this), this.#refused.bind(this)); // closures would be twice as large
    const settled = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (this.#givenUp) this.#rejected(this.#givenUp);
    answer.then(this.#fulfilled.bind(this), this.#failed.bind(this));
    return settled;
  }

  /** The answer of who ends by himself a call that is given up: one promise is enough then. */
  #answered(answer: unknown): unknown {
    if (this.#givenUp) return this.#refused(this.#givenUp);
    try {
      this.channel.response?.(answer);
    } catch (error) {
      return this.#refused(error);
    }
    this.#rest();
    this.end();
    return answer;
  }

  #refused(thrown: unknown): never {
    const error = this.#givenUp ?? thrown;
    this.#rest();
    this.end(error);
    throw error;
  }

  #fulfilled(value: unknown): void {
    const resolve = this.#resolve;
    if (!resolve) return;
    try {
      this.channel.response?.(value);
    } catch (error) {
      return this.#rejected(error);
    }
    this.#rest();
    if (this.#isWhole) this.end();
    resolve(value);
  }

  /** What the implementation threw. */
  #failed(thrown: unknown): void {
    if (!this.#reject) return;
    const { failure } = this.channel;
    this.#rejected(failure ? failure(thrown) : thrown);
  }

  #rejected(error: unknown): void {
    const reject = this.#reject;
    if (!reject) return;
    this.#rest();
    if (this.#isWhole) this.end(error);
    reject(error);
  }

  #rest(): void {
    this.#resolve = this.#reject = undefined;
    this.channel.deadlines.remove(this);
  }

  #account(blockedMs: number): void {
    const { method, blocked, target } = this.channel;
    method.blockedMs += this.#limitMs === undefined ? blockedMs * this.#weight : blockedMs;
    blocked?.(target, blockedMs);
  }

  #follow(signal: AbortSignal): void {
    const { target } = this.channel;
    this.#unfollow = whenAborted(signal, (reason) => this.giveUp(cancelled(target, reason)));
  }
}
