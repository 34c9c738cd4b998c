import { PluginError } from '@stellaops/plugin-abstractions';
import type { MethodChannel } from './method-channel.ts';
import type { Expiring } from './call-deadlines.ts';
import type { Waiting } from './call-gate.ts';

/** The wait of one call until others have ended. */
export class CallTurn implements Expiring, Waiting {
  expiresAt: number | undefined;
  place = -1;
  readonly channel: MethodChannel;
  /**
   * Resolves when the call has a place at the plugin. Rejects with `CALL_REFUSED` when too many wait or the wait is too long, and
   * with `CALL_TIMED_OUT` when the time of the call is over.
   */
  readonly come: Promise<void>;
  readonly #settle = Promise.withResolvers<void>();
  readonly #timeoutMs: number;
  readonly #since = performance.now();

  constructor(channel: MethodChannel, timeoutMs: number) {
    this.channel = channel;
    this.#timeoutMs = timeoutMs;
    this.come = this.#settle.promise;
    const { gate, counters, deadlines } = channel;
    if (!gate.queue(this)) {
      this.#settle.reject(this.#refused());
      return;
    }
    counters.queued += 1;
    counters.waits += 1;
    deadlines.add(this, Math.min(gate.bounds.queueTimeoutMs, timeoutMs), this.#since);
  }

  get owner(): object {
    return this.channel.gate;
  }

  admit(): void {
    this.#leave();
    this.#settle.resolve();
  }

  expire(): void {
    const { target, gate } = this.channel;
    const timeoutMs = this.#timeoutMs;
    const isCallOver = timeoutMs <= gate.bounds.queueTimeoutMs;
    this.giveUp(isCallOver ? new PluginError('CALL_TIMED_OUT', { ...target, timeoutMs }) : this.#tooLong());
  }

  giveUp(error: Error): void {
    this.channel.gate.giveUp(this);
    this.#leave();
    this.#settle.reject(error);
  }

  #leave(): void {
    const { counters, deadlines } = this.channel;
    counters.queued -= 1;
    counters.waitedMs += performance.now() - this.#since;
    deadlines.remove(this);
  }

  #refused(): PluginError {
    const { target, gate } = this.channel;
    const limitCount = gate.bounds.maxConcurrent + gate.bounds.maxQueued;
    return new PluginError('CALL_REFUSED', { ...target, limitCount, option: 'calls.maxQueued' });
  }

  #tooLong(): PluginError {
    const { target, gate } = this.channel;
    const { maxConcurrent: limitCount, queueTimeoutMs } = gate.bounds;
    const cause = new Error(`it waited ${queueTimeoutMs} ms for one of them to end`);
    const option = 'calls.queueTimeoutMs';
    return new PluginError('CALL_REFUSED', { ...target, limitCount, option }, { cause });
  }
}
