import { isPluginError, type CapabilityApi, type PluginErrorCode } from '@stellaops/plugin-abstractions';
import type { PluginHost } from '@stellaops/plugin-host';
import type { CallKind, PuppetId } from './actions.ts';
import { Puppet } from './plugins/puppet.ts';
import type { PuppetStage } from './stage.ts';

/** How a call ended: by whom it was answered rightly, or with which code it failed. */
export type Outcome = { readonly answeredBy: string } | { readonly code: PluginErrorCode };

/** A call that was made. */
export interface MadeCall {
  readonly name: string;
  readonly id: PuppetId;
  readonly kind: CallKind;
  /** Rejects with what no call may come to. */
  readonly outcome: Promise<Outcome>;
  /** Missing while it goes on. */
  settled?: Outcome | undefined;
}

/** What nobody need say of himself in a stream. */
export const someVersion = 'some version';
const items = 3;
/** So long that it is over when the plugin has begun, and so short that nobody waits. */
const shortTimeoutMs = 2;

/** Makes calls to puppets, each under a name of its own. */
export class PuppetCalls {
  readonly #stage: PuppetStage;
  #made = 0;

  constructor(stage: PuppetStage) {
    this.#stage = stage;
  }

  /** How many. */
  get count(): number {
    return this.#made;
  }

  make(host: PluginHost, id: PuppetId, kind: CallKind): MadeCall {
    const name = `call ${++this.#made}`;
    const outcome = this.#play(host, id, kind, name).catch((error: unknown): Outcome => {
      if (isPluginError(error)) return { code: error.code };
      throw error;
    });
    const call: MadeCall = { name, id, kind, outcome };
    outcome.then(
      (settled) => (call.settled = settled),
      () => undefined,
    );
    return call;
  }

  async #play(host: PluginHost, id: PuppetId, kind: CallKind, name: string): Promise<Outcome> {
    const puppet = host.resolve(Puppet, { pluginId: id });
    switch (kind) {
      case 'echo':
        return rightly(name, await puppet.echo(name));
      case 'count':
        return this.#count(puppet, name, items);
      case 'leave':
        return this.#count(puppet, name, 1);
      case 'hold':
        return rightly(name, await puppet.hold(name));
      case 'time out':
        return rightly(name, await puppet.hold(name, { timeoutMs: shortTimeoutMs }));
      case 'cancel':
        return this.#cancel(puppet, name);
    }
  }

  async #cancel(puppet: CapabilityApi<typeof Puppet.methods>, name: string): Promise<Outcome> {
    const giveUp = new AbortController();
    const held = puppet.hold(name, { signal: giveUp.signal });
    setImmediate(() => giveUp.abort());
    return rightly(name, await held);
  }

  /** Takes so many items of a stream, and leaves it there or sees its end. */
  async #count(puppet: CapabilityApi<typeof Puppet.methods>, name: string, wanted: number): Promise<Outcome> {
    const seen: number[] = [];
    for await (const { call, item } of puppet.count({ call: name, items })) {
      if (call !== name || item !== seen.length) throw new Error(`${name} got item ${item} of ${call}`);
      seen.push(item);
      if (seen.length === wanted && wanted < items) break;
    }
    if (seen.length !== wanted) throw new Error(`${name} got ${seen.length} items instead of ${wanted}`);
    return { answeredBy: someVersion };
  }

  /** Throws for a call that plugins worked at more than once, and for one that was answered and that none worked at. */
  checkWork({ name, settled }: MadeCall): void {
    const times = this.#stage.entered.get(name) ?? 0;
    const isAnswered = settled !== undefined && 'answeredBy' in settled;
    if (times > 1 || (isAnswered && times !== 1)) throw new Error(`plugins worked ${times} times at ${name}`);
  }
}

function rightly(name: string, answer: { readonly call: string; readonly version: string }): Outcome {
  if (answer.call !== name) throw new Error(`${name} got the answer to ${answer.call}`);
  return { answeredBy: answer.version };
}
