import { inspect } from 'node:util';
import { PluginError, type CallOptions } from '@stellaops/plugin-abstractions';
import { answeredLater, follower, type AnsweredCall } from '@stellaops/plugin-abstractions/hosting';
import type { Expiring } from './call-deadlines.ts';
import { cancelled } from './call-failures.ts';
import type { Method } from './call-link.ts';
import { CallTurn } from './call-turn.ts';
import { GivingUp } from './giving-up.ts';
import { limitOf, type MethodChannel } from './method-channel.ts';
import { whenAborted } from './when-aborted.ts';

/**
 * One call to a plugin, from its caller until it has ended: answered, or given up when its time is over or somebody says so.
 * It is also the options that the next link is called with, so that a signal is made only for who looks at it.
 */
export class PendingCall implements Expiring, AnsweredCall {
  expiresAt: number | undefined = undefined;
  place = -1;
  readonly channel: MethodChannel;
  readonly #options: CallOptions;
  /** Missing where nobody needs to know the time: to read the clock costs as much as half a call. */
  #startedAt: number | undefined = undefined;
  /** For how many calls its time stands: 0 when it is not timed, less while it has no place at the plugin. */
  #weight = -1;
  /** Whether it ends with what it waits for, as all but streams do, or has ended. */
  #stage: 'lasting' | 'last' | 'over' = 'lasting';
  /** Settles what is waited for now. */
  #resolve: ((value: unknown) => void) | undefined = undefined;
  /** Made when something is to be told. */
  #givingUp: GivingUp | undefined = undefined;

  /** The call counts from now on, until {@link end}. */
  constructor(channel: MethodChannel, options: CallOptions) {
    this.channel = channel;
    this.#options = options;
    channel.begin();
    if (options.signal) this.#follow(options.signal);
  }

  get owner(): object {
    return this.channel.gate;
  }

  get timeoutMs(): number {
    return this.limitMs ?? Infinity;
  }

  /** The `timeoutMs`, as a limit. Not private, as V8 asks its runtime for a getter that is, each time. */
  get limitMs(): number | undefined {
    const { timeoutMs } = this.#options;
    return timeoutMs === undefined ? this.channel.limitMs : limitOf(timeoutMs);
  }

  get [follower](): ((error: Error) => void) | undefined {
    return this.#givingUp?.follower;
  }

  set [follower](tell: ((error: Error) => void) | undefined) {
    (this.#givingUp ??= new GivingUp()).follower = tell;
  }

  get startedAt(): number {
    return this.#startedAt ?? 0;
  }

  /** Aborted when the call is given up, by whomever. */
  get signal(): AbortSignal {
    return (this.#givingUp ??= new GivingUp()).signal;
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
    return this.#givingUp?.error;
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
    const givingUp = (this.#givingUp ??= new GivingUp());
    try {
      if (givingUp.error) throw givingUp.error;
      givingUp.turn = new CallTurn(this.channel, this.timeoutMs);
      await givingUp.turn.come;
      this.#reach();
    } catch (error) {
      this.end(error);
      throw error;
    } finally {
      givingUp.turn = undefined;
    }
  }

  /** Asks for the one answer, with which the call ends. `now` is the time of the clock, where the call did not begin just now. */
  answer(next: Method, input: unknown, now = this.#startedAt): Promise<unknown> {
    this.#stage = 'last';
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
    if (this.#stage === 'over' || this.#givingUp?.error) return;
    const givingUp = (this.#givingUp ??= new GivingUp());
    givingUp.error = error;
    this.#reject(error);
    givingUp.tell(error);
  }

  answered(value: unknown): void {
    const resolve = this.#resolve;
    if (!resolve) return;
    try {
      this.channel.response?.(value);
    } catch (error) {
      return this.#reject(error);
    }
    this.#rest();
    if (this.#stage === 'last') this.end();
    resolve(value);
  }

  failed(thrown: unknown): void {
    if (!this.#resolve) return;
    const { failure } = this.channel;
    this.#reject(failure ? failure(thrown) : thrown);
  }

  /** The call has ended, with this error if it failed. Nothing happens when it had ended before. */
  end(error?: unknown): void {
    if (this.#stage === 'over') return;
    this.#stage = 'over';
    this.#givingUp?.unfollow?.();
    if (this.#weight >= 0) this.channel.leave(this.#weight, this.startedAt);
    this.channel.end(error);
  }

  #reach(): void {
    const weight = this.channel.reach();
    this.#weight = weight;
    if (weight === 0 && this.limitMs === undefined) return;
    this.#startedAt ??= performance.now();
    if (weight > 0) this.channel.timed(this.#startedAt);
  }

  #ask(next: Method, input: unknown, now: number | undefined, since: number | undefined): Promise<unknown> {
    const { givenUp } = this;
    if (givenUp) {
      if (this.#stage === 'last') this.end(givenUp);
      return Promise.reject(givenUp);
    }
    this.channel.deadlines.add(this, this.limitMs, since);
    // The one function alone, which spares the other: this is rejected by a promise that is.
    const settled = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    try {
      const answer = next(input, this);
      // Bound functions, as closures would be twice as large.
      if (answer !== answeredLater)
        Promise.resolve(answer).then(this.answered.bind(this), this.failed.bind(this));
    } catch (error) {
      this.failed(error);
    }
    if (now !== undefined) this.channel.account(now, this.limitMs === undefined ? this.#weight : 1);
    return settled;
  }

  #reject(error: unknown): void {
    const resolve = this.#resolve;
    if (!resolve) return;
    this.#rest();
    if (this.#stage === 'last') this.end(error);
    resolve(Promise.reject(error));
  }

  #rest(): void {
    this.#resolve = undefined;
    this.channel.deadlines.remove(this);
  }

  #follow(signal: AbortSignal): void {
    const { target } = this.channel;
    const unfollow = whenAborted(signal, (reason) => this.giveUp(cancelled(target, reason)));
    if (unfollow) (this.#givingUp ??= new GivingUp()).unfollow = unfollow;
  }
}
