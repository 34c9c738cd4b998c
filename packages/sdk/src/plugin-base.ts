import type { Implementation, PluginContext } from '@stellaops/plugin-abstractions';
import type { PluginParts } from './plugin-instance.ts';

/**
 * For authors who prefer a class: one object per instance, made with its context. Same lifecycle and types as the function
 * that `definePlugin` takes.
 */
export abstract class PluginBase<Config = unknown> implements PluginParts {
  protected readonly context: PluginContext<Config>;

  constructor(context: PluginContext<Config>) {
    this.context = context;
  }

  /** What the plugin provides; `implement(Contract, this)` where the class itself has the methods. Read after {@link initialize}. */
  abstract readonly provides: readonly Implementation[];

  /** Prepares the plugin; it does not get calls yet. */
  initialize(_signal: AbortSignal): void | Promise<void> {}

  /** The plugin gets calls once this has ended. */
  start(_signal: AbortSignal): void | Promise<void> {}

  /** Lets go of everything. The plugin gets no more calls. */
  stop(_signal: AbortSignal): void | Promise<void> {}
}
