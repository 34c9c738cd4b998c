import { isPluginError, PluginError, type TSchema } from '@stellaops/plugin-abstractions';
import type { CallPort } from './call-port.ts';
import type { ItemChannel } from './connection.ts';
import { callCodes, encodeFailure, problemOf } from './failure-codec.ts';
import { withoutPaths } from './host-texts.ts';
import type { OutgoingCall } from './outgoing-call.ts';

/** How long a broken stream waits for the news that the whole connection is gone, which explains it better. */
const graceMs = 1000;

/** What a streaming call needs besides its values. */
export interface StreamingCall {
  readonly call: OutgoingCall;
  readonly port: CallPort;
  readonly side: 'host' | 'runner';
  /** Resolves when the connection has closed, with the error that calls end with. */
  readonly closing: Promise<PluginError>;
}

/**
 * Makes a call that streams and yields what comes back. The call begins with the first item that is asked for; leaving early
 * cancels it.
 */
export async function* streamItems(
  { call, port, side, closing }: StreamingCall,
  input: unknown,
): AsyncGenerator<unknown, void, undefined> {
  const { contract, pending, target } = call.method;
  const id = pending.nextId(target);
  const ended = new AbortController();
  let channel: ItemChannel | undefined;
  let failure: unknown;

  // While the call runs this settles only when it goes wrong: refused, cancelled, or the connection closed.
  const end = (error: unknown): void => {
    failure ??= error;
    ended.abort(error);
    channel?.close();
  };
  call
    .send(id, { request: contract.request && call.encode(contract.request, input) }, (answer) => {
      call.read(answer);
      throw new PluginError('RESPONSE_INVALID', {
        ...target,
        problem: 'it is one answer, and the contract has a stream',
      });
    })
    .catch(end);

  try {
    channel = await port.channel({ calledByHost: side === 'host', id }, ended.signal);
    if (contract.requestStream) void sendItems(call, channel, contract.requestStream, input, side);
    for await (const item of channel.items) {
      if (item.$case === 'end') return pending.finish(id);
      if (item.$case === 'failure') throw call.failure(item.value);
      if (item.$case === 'value') yield call.decode(item.value);
    }
    throw failure ?? (await brokenOff(call, closing));
  } catch (error) {
    throw failure ?? (isPluginError(error) ? error : await brokenOff(call, closing, error));
  } finally {
    pending.cancel(id, new PluginError('CALL_CANCELLED', { ...target, problem: 'its stream has ended' }));
    channel?.close();
  }
}

async function sendItems(
  call: OutgoingCall,
  channel: ItemChannel,
  schema: TSchema,
  input: unknown,
  side: 'host' | 'runner',
): Promise<void> {
  try {
    // The contract says that the request is a stream.
    for await (const value of input as AsyncIterable<unknown>) {
      await channel.write({ $case: 'value', value: call.encode(schema, value) });
    }
    await channel.write({ $case: 'end', value: {} });
  } catch (error) {
    // The caller's own stream has failed; or the other side listens no more, and then there is nobody to tell.
    const isCall = isPluginError(error) && callCodes.has(error.code) && error.cause === undefined;
    const isTold = isPluginError(error) && (side === 'runner' || isCall);
    const problem = side === 'runner' ? problemOf(error) : withoutPaths(problemOf(error));
    const cause = isTold ? error : new PluginError('CALL_CANCELLED', { ...call.target, problem });
    await channel
      .write({ $case: 'failure', value: encodeFailure(cause, 'without stack') })
      .catch(() => undefined);
  }
}

/** A stream that ends without saying so: the whole connection is gone, or the other side broke off. */
async function brokenOff(
  call: OutgoingCall,
  closing: Promise<PluginError>,
  cause?: unknown,
): Promise<PluginError> {
  const grace = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => grace.resolve(undefined), graceMs);
  const closed = await Promise.race([closing, grace.promise]);
  clearTimeout(timer);
  return (
    closed ?? new PluginError('CALL_FAILED', { ...call.target, problem: 'its stream broke off' }, { cause })
  );
}
