import type { Logger } from '@stellaops/plugin-abstractions';
import { untilAborted } from '../deadline.ts';
import { inRegistryTime } from '../registry-deadline.ts';
import type { FleetCalls } from './fleet-calls.ts';
import type { FleetOptions } from './fleet-options.ts';
import type { Pause } from './pause.ts';

const firstPauseMs = 500;
const longestPauseMs = 30_000;

/** What it takes to follow what operators want. */
export interface FollowerParts {
  readonly registry: FleetCalls;
  readonly options: FleetOptions;
  /** How long the registry may take to end a watch, in milliseconds. */
  readonly timeoutMs: number;
  readonly logger: Logger;
  readonly pause: Pause;
  /** The plugins of the host. */
  readonly pluginIds: () => readonly string[];
  /** Brings these plugins in line with what the registry says now. */
  readonly follow: (pluginIds: readonly string[]) => Promise<void>;
}

/** Follows what operators want: when it is told of a change, and from time to time in any case. */
export class DesiredStates {
  readonly #parts: FollowerParts;
  /** The plugins to look at; all of them when `undefined` is among them. */
  readonly #due = new Set<string | undefined>();
  #wake: () => void = () => undefined;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /** Follows until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#listen(signal), this.#remind(signal), this.#work(signal)]);
  }

  /** Has a plugin looked at, or all of them. */
  look(pluginId?: string): void {
    this.#due.add(pluginId);
    this.#wake();
  }

  /** Whoever hears nothing any more looks from time to time. */
  async #listen(signal: AbortSignal): Promise<void> {
    const { logger, timeoutMs } = this.#parts;
    const heard = this.#hear(signal).catch((error: unknown) =>
      logger.error({ err: error }, 'the host is no longer told of what operators want'),
    );
    await untilAborted(signal, () => new Promise<never>(() => undefined)).catch(() => undefined);
    await inRegistryTime(timeoutMs, () => heard).catch((error: unknown) =>
      logger.error({ err: error }, 'the registry did not end the watch of this host'),
    );
  }

  async #hear(signal: AbortSignal): Promise<void> {
    for await (const notice of this.#parts.registry.watch(signal))
      this.look(notice.kind === 'changed' ? notice.pluginId : undefined);
  }

  async #remind(signal: AbortSignal): Promise<void> {
    const { pause, options } = this.#parts;
    while (!signal.aborted) {
      await pause(options.reconcileIntervalMs, signal);
      this.look();
    }
  }

  async #work(signal: AbortSignal): Promise<void> {
    const { pause, follow, logger } = this.#parts;
    let failures = 0;
    while (!signal.aborted) {
      await this.#untilDue();
      const due = this.#take();
      if (signal.aborted || due.length === 0) continue;
      try {
        await follow(due);
        failures = 0;
      } catch (error) {
        if (failures === 0)
          logger.error({ err: error }, 'the host could not read what operators want; it tries again');
        for (const id of due) this.#due.add(id);
        await pause(Math.min(longestPauseMs, firstPauseMs * 2 ** failures), signal);
        failures += 1;
      }
    }
  }

  async #untilDue(): Promise<void> {
    if (this.#due.size > 0) return;
    const woken = Promise.withResolvers<void>();
    this.#wake = woken.resolve;
    await woken.promise;
  }

  #take(): readonly string[] {
    const own = this.#parts.pluginIds();
    const due = this.#due.has(undefined) ? own : own.filter((id) => this.#due.has(id));
    this.#due.clear();
    return due;
  }
}
