import { PluginError } from '@stellaops/plugin-abstractions';
import {
  endOfItems,
  ItemStream,
  NextItem,
  type CallTarget,
  type StreamStep,
} from '@stellaops/plugin-abstractions/hosting';
import type { Item, ItemChannel } from './connection.ts';
import { callCodes, decodeFailure } from './failure-codec.ts';
import type { Failure, Payload } from './gen/stellaops/plugin/v1/plugin.ts';
import { takeItem } from './take-item.ts';

/** The request of a call that streams it, as what serves the call reads it. */
export class RequestItems extends ItemStream {
  readonly #channel: ItemChannel;
  readonly #target: CallTarget;
  readonly #valueOf: (payload: Payload) => unknown;
  #error: unknown;

  constructor(channel: ItemChannel, target: CallTarget, valueOf: (payload: Payload) => unknown) {
    super();
    this.#channel = channel;
    this.#target = target;
    this.#valueOf = valueOf;
  }

  /** What it failed with, if it did: that is no failure of its reader. */
  get error(): unknown {
    return this.#error;
  }

  protected override take(): StreamStep | undefined {
    return takeItem(this.#channel, this.#read);
  }

  protected override async wait(): Promise<StreamStep> {
    for (let item = await this.#channel.take(); item; item = await this.#channel.take()) {
      const step = this.#read(item);
      if (step) return step;
    }
    throw new PluginError('CALL_CANCELLED', { ...this.#target, problem: 'its request stream broke off' });
  }

  protected override leave(error?: unknown): void {
    this.#error = error;
  }

  readonly #read = (item: Item): StreamStep | undefined => {
    if (item.$case === 'value') return new NextItem(this.#valueOf(item.value));
    if (item.$case === 'failure') throw this.#failure(item.value);
    return item.$case === 'end' ? endOfItems : undefined;
  };

  #failure(failure: Failure): PluginError {
    return decodeFailure(
      failure,
      callCodes,
      { ...this.#target },
      (problem, cause) => new PluginError('CALL_CANCELLED', { ...this.#target, problem }, { cause }),
    );
  }
}
