import type { CallOptions } from '@stellaops/plugin-abstractions';
import type { PluginChannel } from './call-channel.ts';
import type { Method, Wrap } from './call-link.ts';
import { boundedStream } from './bounded-stream.ts';
import { MethodChannel } from './method-channel.ts';
import { PendingCall } from './pending-call.ts';

/**
 * Counts and times every call, lets so many run at once, gives each a deadline and lets its caller give up: `CALL_REFUSED`,
 * `CALL_TIMED_OUT`, `CALL_CANCELLED`. For an answer the deadline is for all of it; for a stream it is for each next item, so that a long
 * stream lives as long as it flows.
 */
export function bounded(channel: PluginChannel): Wrap {
  return ({ target, contract, next }) => {
    const calls = new MethodChannel(channel, target);
    return contract.responseStream
      ? boundedStream(calls, next)
      : (input, options = nothingSaid) => {
          const call = new PendingCall(calls, options);
          return call.enter() ? call.answer(next, input) : answerInTurn(call, next, input);
        };
  };
}

const nothingSaid: CallOptions = {};

async function answerInTurn(call: PendingCall, next: Method, input: unknown): Promise<unknown> {
  await call.turn();
  return call.answer(next, input, performance.now());
}
