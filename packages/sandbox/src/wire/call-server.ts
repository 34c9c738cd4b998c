import { isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import type { CallPort } from './call-port.ts';
import type { ItemChannel } from './connection.ts';
import { encodeFailure, problemOf } from './failure-codec.ts';
import type { Call, Cancel } from './gen/stellaops/plugin/v1/plugin.ts';
import { IncomingCall, type Served } from './incoming-call.ts';

/** The called end: runs the calls that arrive, within the bound, and answers them. */
export class CallServer {
  readonly #port: CallPort;
  readonly #side: 'host' | 'runner';
  readonly #served: Served;
  readonly #running = new Map<number, AbortController>();

  constructor(port: CallPort, side: 'host' | 'runner', served: Served) {
    this.#port = port;
    this.#side = side;
    this.#served = served;
  }

  /** Runs a call. Throws `SANDBOX_PROTOCOL_VIOLATION` for an id that is in use. */
  receive(call: Call): void {
    const { pluginId, limits } = this.#port;
    if (this.#running.has(call.id)) {
      throw new PluginError('SANDBOX_PROTOCOL_VIOLATION', {
        pluginId,
        problem: `it used the call id ${call.id} twice`,
      });
    }
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
    this.#running.set(call.id, controller);
    void this.#run(call, controller).finally(() => this.#running.delete(call.id));
  }

  /** Aborts the signal of a call; one that has ended is none of its business. */
  cancel({ id, reason }: Cancel): void {
    this.#running.get(id)?.abort(new Error(reason));
  }

  /** Aborts everything that runs. */
  close(reason: Error): void {
    for (const controller of this.#running.values()) controller.abort(reason);
  }

  async #run(call: Call, controller: AbortController): Promise<void> {
    const { signal } = controller;
    const timer =
      call.timeoutMs > 0 && !call.streamsResponse
        ? setTimeout(() => controller.abort(timedOut()), call.timeoutMs)
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

  async #stream(incoming: IncomingCall, id: number, signal: AbortSignal): Promise<void> {
    const channel = await this.#port.channel({ calledByHost: this.#side === 'runner', id }, signal);
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
    if (isPluginError(error)) return error;
    return new PluginError(
      'CALL_FAILED',
      { pluginId: this.#port.pluginId, capability, method, problem: problemOf(error) },
      { cause: error },
    );
  }

  /** A plugin never sees a stack of its host. */
  get #stack(): 'with stack' | 'without stack' {
    return this.#side === 'runner' ? 'with stack' : 'without stack';
  }
}

function timedOut(): Error {
  return new DOMException('the deadline of the caller has passed', 'TimeoutError');
}
