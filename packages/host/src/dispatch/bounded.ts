import type { CallOptions } from '@stellaops/plugin-abstractions';
import type { MethodChannel, PluginChannel } from './call-channel.ts';
import type { Method, Wrap } from './call-link.ts';
import { PendingCall } from './pending-call.ts';

/**
 * Counts and times every call, lets so many run at once, gives each a deadline and lets its caller give up: `CALL_REFUSED`,
 * `CALL_TIMED_OUT`, `CALL_CANCELLED`. For an answer the deadline is for all of it; for a stream it is for each next item, so that a long
 * stream lives as long as it flows.
 */
export function bounded(channel: PluginChannel): Wrap {
  return ({ target, contract, next }) => {
    const method = channel.counters.method(target.capability, target.method);
    const methodChannel: MethodChannel = { ...channel, target, method };
    return contract.responseStream
      ? boundedStream(methodChannel, next)
      : (input, options = nothingSaid) => {
          const call = new PendingCall(methodChannel, options);
          return call.enter() ? call.answer(next, input) : answerInTurn(call, next, input);
        };
  };
}

const nothingSaid: CallOptions = {};

async function answerInTurn(call: PendingCall, next: Method, input: unknown): Promise<unknown> {
  await call.turn();
  return call.answer(next, input);
}

/** What must be ended of a stream, also when its caller loses it and never says that it will read no more. */
interface Opened {
  call?: PendingCall;
  items?: AsyncIterator<unknown>;
}

function boundedStream(channel: MethodChannel, next: Method): Method {
  const lost = new FinalizationRegistry<Opened>((opened) => leave(opened, new Error('its caller lost it')));
  return (input, options = nothingSaid) => {
    const opened: Opened = {};
    const stream = readItems(opened, () => new PendingCall(channel, options), next, input);
    lost.register(stream, opened);
    return stream;
  };
}

async function* readItems(
  opened: Opened,
  begin: () => PendingCall,
  next: Method,
  input: unknown,
): AsyncGenerator<unknown, void, undefined> {
  const call = (opened.call = begin());
  if (!call.enter()) await call.turn();
  let failure: unknown;
  try {
    const items = (opened.items = openItems(next(input, call)));
    const ask = (): unknown => items.next();
    for (;;) {
      const { value, done } = (await call.item(ask)) as IteratorResult<unknown>; // as the contract says
      if (done) return;
      yield value;
    }
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    leave(opened, new Error('its caller has left the stream'), failure);
  }
}

function openItems(items: unknown): AsyncIterator<unknown> {
  return (items as AsyncIterable<unknown>)[Symbol.asyncIterator](); // the contract says so; what is none throws here
}

/** Ends a stream on both sides, and waits for neither: what hangs would hang the caller. */
function leave({ call, items }: Opened, reason: Error, failure?: unknown): void {
  call?.giveUp(failure instanceof Error ? failure : reason);
  call?.end(failure);
  items?.return?.().catch(() => undefined);
}
