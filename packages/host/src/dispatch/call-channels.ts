import type { Logger } from '@stellaops/plugin-abstractions';
import { CallsInFlight } from '../lifecycle/calls-in-flight.ts';
import type { HostedPlugin } from '../lifecycle/hosted-plugin.ts';
import { closeChannel, type PluginChannel } from './call-channel.ts';
import { CallDeadlines } from './call-deadlines.ts';
import { CallGate } from './call-gate.ts';
import { PluginCounters, type CallLedger } from './call-statistics.ts';
import { EventLoopBlame } from './event-loop-blame.ts';

/** Makes what the calls of a plugin share: a channel for each instance, and one timer for all. */
export class CallChannels {
  readonly #deadlines = new CallDeadlines();
  readonly #ledger: CallLedger;
  readonly #loggerFor: (plugin: HostedPlugin) => Logger;
  /** By the signal that ends an instance. */
  readonly #channels = new WeakMap<AbortSignal, PluginChannel>();

  constructor(ledger: CallLedger, loggerFor: (plugin: HostedPlugin) => Logger) {
    this.#ledger = ledger;
    this.#loggerFor = loggerFor;
  }

  /** To what a plugin provides. */
  provided(plugin: HostedPlugin): PluginChannel {
    const { signal: ended } = plugin.ending;
    const known = this.#channels.get(ended);
    if (known) return known;
    const channel = this.#until(ended, this.#make(plugin));
    this.#channels.set(ended, channel);
    return channel;
  }

  /**
   * To the services of the host, until the instance is gone: a plugin that ends may still need them for it, and how many it calls is for
   * others to bound.
   */
  services({ settings }: HostedPlugin, ended: AbortSignal): PluginChannel {
    return this.#until(ended, {
      callTimeoutMs: settings.timeouts.callTimeoutMs,
      deadlines: this.#deadlines,
      gate: new CallGate({ ...settings.calls, maxConcurrent: Infinity }),
      calls: new CallsInFlight(false),
      counters: new PluginCounters(),
    });
  }

  #make(plugin: HostedPlugin): PluginChannel {
    const { id, settings, calls, admitted } = plugin;
    const { maxConcurrent, blockedWarningMs } = settings.calls;
    const channel = {
      callTimeoutMs: settings.timeouts.callTimeoutMs,
      deadlines: this.#deadlines,
      calls,
      counters: this.#ledger.of(id),
    };
    if (admitted.trustLevel === 'untrusted') {
      const most = Math.min(maxConcurrent, settings.messages.maxCallsInFlight);
      const bounds = {
        ...settings.calls,
        get maxConcurrent(): number {
          return most * (plugin.instance?.answering ?? 1);
        },
      };
      return { ...channel, gate: new CallGate(bounds) };
    }
    const blame = new EventLoopBlame(this.#loggerFor(plugin), blockedWarningMs);
    return {
      ...channel,
      gate: new CallGate(settings.calls),
      blocked: (target, durationMs) => blame.blocked(target, durationMs),
    };
  }

  #until(ended: AbortSignal, channel: PluginChannel): PluginChannel {
    const close = (): void => closeChannel(channel, ended.reason as Error); // what ends an instance is an error of the framework
    if (ended.aborted) close();
    else ended.addEventListener('abort', close, { once: true });
    return channel;
  }
}
