import { capabilityName, isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';
import { decodeReason } from './abort-reason.ts';
import type { CallInFlight } from './call-in-flight.ts';
import type { CallPort } from './call-port.ts';
import { CallsById } from './calls-by-id.ts';
import type { ItemChannel } from './connection.ts';
import { encodeFailure } from './failure-codec.ts';
import type { Answer, Call, Cancel, Payload } from './gen/stellaops/plugin/v1/plugin.ts';
import { IncomingCall, type Served } from './incoming-call.ts';
import { isLarge, receivePayload, sendPayload } from './payload-transfer.ts';
import { RunningCall } from './running-call.ts';
import { ServedMethods } from './served-method.ts';
import { ServedRequests } from './served-requests.ts';
import { onChannel, type PlaceOfChannel } from './served-channel.ts';
import { TurnClock } from './turn-clock.ts';
import { SharedTimer } from './shared-timer.ts';

const maxNameLength = 256;

/** The called end: runs the calls that arrive, within the bound, and answers them. */
export class CallServer {
  readonly #port: CallPort;
  readonly #side: 'host' | 'runner';
  readonly #served: Served;
  /** A plugin has its own memory to lose. */
  readonly #requests: ServedRequests | undefined;
  readonly #running = new CallsById<RunningCall>();
  readonly #timer = new SharedTimer(() => this.#running.all());
  readonly #methods: ServedMethods;
  readonly #clock = new TurnClock();
  #lastId = 0;

  constructor(port: CallPort, side: 'host' | 'runner', served: Served) {
    this.#port = port;
    this.#side = side;
    this.#served = served;
    this.#methods = new ServedMethods(port, served);
    this.#requests = side === 'host' ? new ServedRequests(port.limits) : undefined;
  }

  /** The calls that are being served, oldest first. */
  get callsInFlight(): readonly CallInFlight[] {
    return this.#running.all();
  }

  /** A caller without a timer of its own would wait for ever. */
  readonly #giveUp = ({ call, capability, method, controller }: RunningCall): void => {
    controller.abort(new DOMException('the deadline of the caller has passed', 'TimeoutError'));
    const { pluginId } = this.#port;
    const { id, timeoutMs } = call;
    this.#fail(id, new PluginError('CALL_TIMED_OUT', { pluginId, capability, method, timeoutMs }));
  };

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
    const running = new RunningCall(call, this.#clock.now(), this.#giveUp);
    this.#running.add(running);
    this.#timer.wakeAt(running.expiresAt, running.startedAt);
    this.#run(call, running.controller.signal);
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
    for (const { controller } of this.#running.all()) controller.abort(reason);
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

  #run(call: Call, signal: AbortSignal): void {
    try {
      if (call.transfersRequest) return this.#follow(call, signal, this.#transfer(call, signal));
      const incoming = new IncomingCall(call, this.#methods.of(call), this.#served);
      this.#requests?.add(call, incoming.target);
      if (incoming.streams) return this.#follow(call, signal, this.#stream(incoming, call.id, signal));
      Promise.resolve(incoming.begin(signal)).then(
        (value) => this.#answer(call, signal, incoming, value),
        (error) => this.#failed(call, signal, incoming.thrown(error)),
      );
    } catch (error) {
      this.#failed(call, signal, error);
    }
  }

  #answer(call: Call, signal: AbortSignal, incoming: IncomingCall, value: unknown): void {
    try {
      const response = incoming.write(value);
      if (signal.aborted) return this.#ended(call.id);
      if (this.#port.transfersPayloads && isLarge(response))
        return this.#follow(call, signal, this.#transferResponse(call, response, signal));
      this.#respond(call.id, { $case: 'response', value: response });
      this.#ended(call.id);
    } catch (error) {
      this.#failed(call, signal, error);
    }
  }

  #follow(call: Call, signal: AbortSignal, work: Promise<void>): void {
    work.then(
      () => this.#ended(call.id),
      (error) => this.#failed(call, signal, error),
    );
  }

  #failed(call: Call, signal: AbortSignal, error: unknown): void {
    if (!signal.aborted) this.#fail(call.id, this.#told(error, call));
    this.#ended(call.id);
  }

  #ended(id: number): void {
    this.#running.take(id);
    this.#requests?.remove(id);
  }

  /** A call whose request comes on its Transfer; the answer goes back there, or among the others. */
  async #transfer(call: Call, signal: AbortSignal): Promise<void> {
    const target = this.#targetOf(call);
    await onChannel(this.#port, this.#placeOf(target, call.id), signal, async (channel) => {
      const whole = { ...call, request: await receivePayload(channel) };
      const incoming = new IncomingCall(whole, this.#methods.of(whole), this.#served);
      this.#requests?.add(whole, target);
      const response = await incoming.answer(signal);
      if (signal.aborted) return;
      if (!isLarge(response)) return this.#respond(call.id, { $case: 'response', value: response });
      this.#respond(call.id, { $case: 'transferred', value: {} });
      await sendPayload(channel, response);
    });
  }

  async #transferResponse(call: Call, response: Payload, signal: AbortSignal): Promise<void> {
    const target = this.#targetOf(call);
    this.#respond(call.id, { $case: 'transferred', value: {} });
    // The caller has its answer in principle: what goes wrong from here on breaks the stream off.
    await onChannel(this.#port, this.#placeOf(target, call.id), signal, (channel) =>
      sendPayload(channel, response),
    ).catch(() => undefined);
  }

  #placeOf(target: CallTarget, id: number): PlaceOfChannel {
    return { target, key: { calledByHost: this.#side === 'runner', id } };
  }

  #targetOf({ capability: id, version, method }: Call): CallTarget {
    return { pluginId: this.#port.pluginId, capability: capabilityName({ id, version }), method };
  }

  async #stream(incoming: IncomingCall, id: number, signal: AbortSignal): Promise<void> {
    await onChannel(this.#port, this.#placeOf(incoming.target, id), signal, async (channel) => {
      try {
        await incoming.stream(channel, signal);
        await channel.write({ $case: 'end', value: {} });
      } catch (error) {
        await this.#failStream(channel, this.#told(error, incoming.target));
      }
    });
  }

  /** The caller may have left in the meantime: then there is nobody to tell. */
  async #failStream(channel: ItemChannel, error: PluginError): Promise<void> {
    await channel
      .write({ $case: 'failure', value: encodeFailure(error, this.#stack) })
      ?.catch(() => undefined);
  }

  #fail(id: number, error: PluginError): void {
    this.#respond(id, { $case: 'failure', value: encodeFailure(error, this.#stack) });
  }

  #respond(id: number, result: Answer['result']): void {
    this.#port.send({ $case: 'answer', value: { id, result } });
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
