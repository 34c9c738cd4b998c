import { AsyncLocalStorage } from 'node:async_hooks';
import { pathToFileURL } from 'node:url';
import type { HostedPlugin } from '../lifecycle/hosted-plugin.ts';

/** Knows which plugin in this process the code at work belongs to, and what it began: timers, promises, callbacks. */
export class FailureAttribution {
  readonly #storage = new AsyncLocalStorage<HostedPlugin>();
  readonly #plugins: { everyVersion(): readonly HostedPlugin[] };

  constructor(plugins: { everyVersion(): readonly HostedPlugin[] }) {
    this.#plugins = plugins;
  }

  /** Runs code of a plugin. */
  run<Result>(plugin: HostedPlugin, work: () => Result): Result {
    return this.#storage.run(plugin, work);
  }

  /**
   * Whose code failed: the plugin in whose context it ran, or the one whose package the stack names first. `undefined` for what is of no
   * plugin of this host.
   */
  ownerOf(error: unknown): HostedPlugin | undefined {
    return this.#storage.getStore() ?? this.#namedByStack(error);
  }

  #namedByStack(error: unknown): HostedPlugin | undefined {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    const named = this.#plugins.everyVersion().map((plugin) => ({ plugin, at: placeOf(plugin, stack) }));
    return named.filter(({ at }) => at >= 0).toSorted((one, other) => one.at - other.at)[0]?.plugin;
  }
}

function placeOf({ admitted: { code, trustLevel } }: HostedPlugin, stack: string): number {
  if (trustLevel === 'untrusted' || !('packageDirectory' in code)) return -1;
  return stack.indexOf(`${pathToFileURL(code.packageDirectory).href}/`);
}
