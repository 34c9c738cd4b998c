import { capabilityName, isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';
import { decodeReason } from './abort-reason.ts';
import type { CallInFlight } from './call-in-flight.ts';
import type { CallPort } from './call-port.ts';
import { meetingTimeoutMs } from './channel-broker.ts';
import type { ItemChannel } from './connection.ts';
import { encodeFailure } from './failure-codec.ts';
import type { Call, Cancel } from './gen/stellaops/plugin/v1/plugin.ts';
import { IncomingCall, type Served } from './incoming-call.ts';

/** The longest delay of a timer: 2^31 - 1 ms. A longer one would fire at once. */
const maxTimeoutMs = 2_147_483_647;
const maxNameLength = 256;

/** A call that is being served. */
interface RunningCall extends CallInFlight {
  readonly controller: AbortController;
}

/** The called end: runs the calls that arrive, within the bound, and answers them. */
export class CallServer {
  readonly #port: CallPort;
  readonly #side: 'host' | 'runner';
  readonly #served: Served;
  readonly #running = new Map<number, RunningCall>();
  #lastId = 0;

  constructor(port: CallPort, side: 'host' | 'runner', served: Served) {
    this.#port = port;
    this.#side = side;
    this.#served = served;
  }

  /** The calls that are being served, oldest first. */
  get callsInFlight(): readonly CallInFlight[] {
    return [...this.#running.values()];
  }

  /** Runs a call. Throws `SANDBOX_PROTOCOL_VIOLATION` for an id that does not count up. */
  receive(call: Call): void {
    const { pluginId, limits } = this.#port;
    this.#check(call);
    if (this.#running.size >= limits.maxCallsInFlight) {
      const { capability, method } = call;
      const limitCount = limits.maxCallsInFlight;
      return this.#fail(
        call.id,
        new PluginError('CALL_REFUSED', {
          pluginId,
          capability,
          method,
          limitCount,
          option: 'messages.maxCallsInFlight',
        }),
      );
    }
    const controller = new AbortController();
    const capability = capabilityName({ id: call.capability, version: call.version });
    const { id, method } = call;
    this.#running.set(id, { capability, method, startedAt: performance.now(), controller });
    const timeoutMs = Math.min(call.timeoutMs, maxTimeoutMs);
    void this.#run({ ...call, timeoutMs }, controller).finally(() => this.#running.delete(call.id));
  }

  /** Aborts the signal of a call; one that has ended is none of its business. */
  cancel(cancel: Cancel): void {
    const running = this.#running.get(cancel.id);
    if (!running) return;
    const { capability, method, controller } = running;
    controller.abort(decodeReason(cancel, { pluginId: this.#port.pluginId, capability, method }));
  }

  /** Aborts everything that runs. */
  close(reason: Error): void {
    for (const { controller } of this.#running.values()) controller.abort(reason);
  }

  #check({ id, capability, method }: Call): void {
    const { pluginId } = this.#port;
    if (id <= this.#lastId) {
      const problem = `it used the call id ${id} after ${this.#lastId}, and ids count up from 1`;
      throw new PluginError('SANDBOX_PROTOCOL_VIOLATION', { pluginId, problem });
    }
    if (Math.max(capability.length, method.length) > maxNameLength) {
      const problem = `it called a method by a name of more than ${maxNameLength} characters`;
      throw new PluginError('SANDBOX_PROTOCOL_VIOLATION', { pluginId, problem });
    }
    this.#lastId = id;
  }

  async #run(call: Call, controller: AbortController): Promise<void> {
    const { signal } = controller;
    const timer =
      call.timeoutMs > 0 && !call.streamsResponse
        ? setTimeout(() => this.#giveUp(call, controller), call.timeoutMs)
        : undefined;
    try {
      const incoming = new IncomingCall(call, this.#port, this.#served);
      if (incoming.streams) return await this.#stream(incoming, call.id, signal);
      const response = await incoming.answer(signal);
      if (!signal.aborted)
        this.#port.send({
          $case: 'answer',
          value: { id: call.id, result: { $case: 'response', value: response } },
        });
    } catch (error) {
      if (!signal.aborted) this.#fail(call.id, this.#told(error, call));
    } finally {
      clearTimeout(timer);
    }
  }

  /** A caller without a timer of its own would wait for ever. */
  #giveUp(call: Call, controller: AbortController): void {
    const { id, method, timeoutMs } = call;
    const capability = capabilityName({ id: call.capability, version: call.version });
    controller.abort(new DOMException('the deadline of the caller has passed', 'TimeoutError'));
    const { pluginId } = this.#port;
    this.#fail(id, new PluginError('CALL_TIMED_OUT', { pluginId, capability, method, timeoutMs }));
  }

  async #stream(incoming: IncomingCall, id: number, signal: AbortSignal): Promise<void> {
    const channel = await this.#openChannel(incoming.target, id, signal);
    const close = (): void => channel.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      await incoming.stream(channel, signal);
      await channel.write({ $case: 'end', value: {} });
    } catch (error) {
      await this.#failStream(channel, this.#told(error, incoming.target));
    } finally {
      signal.removeEventListener('abort', close);
      channel.close();
    }
  }

  /** The stream of a call is opened together with it: a caller that never does is not waited for. */
  async #openChannel(target: CallTarget, id: number, signal: AbortSignal): Promise<ItemChannel> {
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(new PluginError('CALL_TIMED_OUT', { ...target, timeoutMs: meetingTimeoutMs })),
      meetingTimeoutMs,
    );
    try {
      const call = { calledByHost: this.#side === 'runner', id };
      return await this.#port.channel(call, AbortSignal.any([signal, late.signal]));
    } finally {
      clearTimeout(timer);
    }
  }

  /** The caller may have left in the meantime: then there is nobody to tell. */
  async #failStream(channel: ItemChannel, error: PluginError): Promise<void> {
    await channel
      .write({ $case: 'failure', value: encodeFailure(error, this.#stack) })
      .catch(() => undefined);
  }

  #fail(id: number, error: PluginError): void {
    this.#port.send({
      $case: 'answer',
      value: { id, result: { $case: 'failure', value: encodeFailure(error, this.#stack) } },
    });
  }

  #told(error: unknown, { capability, method }: { capability: string; method: string }): PluginError {
    // What does not fit into an answer is the implementation's, and so is the text that says why.
    const isOfAnswer = this.#side === 'host' && isPluginError(error, 'RESPONSE_INVALID');
    if (isPluginError(error) && !isOfAnswer) return error;
    return this.#served.failureOf(error, { pluginId: this.#port.pluginId, capability, method });
  }

  /** A plugin never sees a stack of its host. */
  get #stack(): 'with stack' | 'without stack' {
    return this.#side === 'runner' ? 'with stack' : 'without stack';
  }
}
