import { isPluginError, PluginError } from '@stellaops/plugin-abstractions';
import type { ItemChannel } from './connection.ts';
import type { Answer, Payload } from './gen/stellaops/plugin/v1/plugin.ts';
import type { OutgoingCall } from './outgoing-call.ts';
import { receivePayload, sendPayload } from './payload-transfer.ts';

/** Makes a call whose request travels on a Transfer; its answer may come there as well. */
export async function transferRequest(call: OutgoingCall, id: number, request: Payload): Promise<unknown> {
  const transfer = new Transfer(call, id);
  const answered = call.send(id, { transfersRequest: true }, (answer) => transfer.answer(answer));
  answered.catch((error: unknown) => transfer.fail(error));
  return transfer.run(async (channel) => {
    // A callee that has read enough closes the stream: its answer says why.
    await sendPayload(channel, request).catch(() => undefined);
    const answer = await answered;
    return isTransferred(answer) ? call.decode(await receivePayload(channel)) : call.read(answer);
  });
}

/** Fetches the response of a call that was answered with the word that it is transferred. */
export function transferResponse(call: OutgoingCall, id: number): Promise<unknown> {
  const transfer = new Transfer(call, id);
  transfer.await();
  return transfer.run(async (channel) => call.decode(await receivePayload(channel)));
}

/** Whether the response comes on the Transfer of the call. */
export function isTransferred({ result }: Answer): boolean {
  return result?.$case === 'transferred';
}

/** The calling end of a call that has a Transfer without being a stream. It does not wait for the one longer than for the other. */
class Transfer {
  readonly #call: OutgoingCall;
  readonly #id: number;
  readonly #ended = new AbortController();
  #answer: Answer | undefined;
  #failure: unknown;

  constructor(call: OutgoingCall, id: number) {
    this.#call = call;
    this.#id = id;
  }

  /** The call counts as pending until its response is there, and can be given up until then. */
  await(): void {
    const { pending, target } = this.#call.method;
    pending
      .wait(this.#id, target, this.#call.options, () => {
        throw new PluginError('RESPONSE_INVALID', {
          ...target,
          problem: 'it is on its way by itself, and was answered again',
        });
      })
      .catch((error: unknown) => this.fail(error));
  }

  answer(answer: Answer): Answer {
    if (isTransferred(answer)) this.await();
    else {
      this.#answer = answer;
      this.#ended.abort();
    }
    return answer;
  }

  fail(error: unknown): void {
    this.#failure ??= error;
    this.#ended.abort(error);
  }

  async run(work: (channel: ItemChannel) => Promise<unknown>): Promise<unknown> {
    const { port, side, pending, target } = this.#call.method;
    const { signal } = this.#ended;
    try {
      const channel = await port.channel({ calledByHost: side === 'host', id: this.#id }, signal);
      signal.addEventListener('abort', () => channel.close(), { once: true });
      try {
        return await work(channel);
      } finally {
        channel.close();
      }
    } catch (cause) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#answer) return this.#call.read(this.#answer); // it came without the stream
      if (isPluginError(cause)) throw cause;
      throw new PluginError('CALL_FAILED', { ...target, problem: 'its transfer broke off' }, { cause });
    } finally {
      pending.finish(this.#id);
    }
  }
}
