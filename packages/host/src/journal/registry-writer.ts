import { isPluginError, PluginError, type Logger } from '@stellaops/plugin-abstractions';
import type { PluginRegistry } from '@stellaops/plugin-abstractions/hosting';
import { carryOut, isRefusal, type Asked, type Told } from './carry-out.ts';
import type { Journal } from './journal.ts';
import { encodeEntry, type JournalEntry } from './journal-entry.ts';
import type { RegistryHealth } from './registry-health.ts';
import { retryDelay } from './retry-delay.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** What a writer is made of. */
export interface RegistryWriterParts {
  readonly registry: PluginRegistry;
  readonly journal: Journal;
  readonly room: WaitingRoom;
  /** After it, a registry that has not answered counts as away. */
  readonly timeoutMs: number;
  readonly logger: Logger;
}

/** Tells the registry one thing after the other, in the order in which they happened: what it does not take waits in the journal. */
export class RegistryWriter {
  readonly #parts: RegistryWriterParts;
  readonly #queue: (Told | Asked)[] = [];
  #running = Promise.resolve();
  #isRunning = false;
  #retry: NodeJS.Timeout | undefined;
  #away: { readonly since: Date; readonly problem: string } | undefined;
  #failures = 0;
  #full: string | undefined;
  #unrecorded = 0;
  #isClosing = false;
  #isOver = false;

  constructor(parts: RegistryWriterParts) {
    this.#parts = parts;
  }

  /** Begins to deliver what earlier hosts left; everything else is told behind it. */
  async open(): Promise<void> {
    for (const { entry, segment } of await this.#parts.journal.inherit()) {
      const done = Promise.withResolvers<void>();
      this.#enter({ entry, content: encodeEntry(entry), done, kept: Promise.resolve(segment) });
    }
    this.#wake();
  }

  /**
   * Resolves when the registry has an entry, or the journal has it on the disk. Rejects with `REGISTRY_UNAVAILABLE` when neither can take
   * it, and with what else the registry rejects with.
   */
  tell(entry: JournalEntry): Promise<void> {
    const told: Told = { entry, content: encodeEntry(entry), done: Promise.withResolvers() };
    const problem = this.#parts.room.problem(entry.event.event, told.content.byteLength);
    if (problem !== undefined) return Promise.reject(this.#lost(told, problem));
    this.#enter(told);
    if (this.#away) this.#keep(told);
    else this.#wake();
    return told.done.promise;
  }

  /** Asks the registry in turn. Rejects with what it rejects with, and with `REGISTRY_UNAVAILABLE` when it does not answer in time. */
  ask<Result>(work: (registry: PluginRegistry) => Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const ask = async (): Promise<void> => resolve(await work(this.#parts.registry));
    this.#queue.push({ ask, refuse: reject });
    this.#wake();
    return promise;
  }

  health(): RegistryHealth {
    return {
      ...(this.#away && { away: this.#away }),
      waiting: this.#parts.room.events,
      ...(this.#full !== undefined && { full: this.#full }),
      unrecorded: this.#unrecorded,
    };
  }

  /** Tries once more to tell what waits, for as long as one answer may take; what is left then is for the next host. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#wake();
    const over = setTimeout(() => (this.#isOver = true), this.#parts.timeoutMs);
    await this.#running;
    clearTimeout(over);
    const { journal, logger } = this.#parts;
    await journal.close().catch((problem: unknown) => {
      logger.error({ err: problem }, 'what waits in the journal is delivered when this process has ended');
    });
  }

  #enter(told: Told): void {
    this.#queue.push(told);
    this.#parts.room.enter(told.content.byteLength);
    told.done.promise.catch(() => undefined); // whoever waits hears of it
  }

  #wake(): void {
    clearTimeout(this.#retry);
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    if (this.#away && this.#queue.length === 0) this.#queue.push(this.#question());
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      if (this.#isOver) {
        this.#keepAll(new PluginError('REGISTRY_UNAVAILABLE', { problem: 'the host stops' }));
        break;
      }
      try {
        const { registry, timeoutMs } = this.#parts;
        await carryOut(next, registry, timeoutMs);
        this.#isBack();
        this.#settle(next);
      } catch (error) {
        if (!isRefusal(error)) {
          this.#isAway(error);
          break;
        }
        this.#settle(next, error);
      }
    }
    this.#isRunning = false; // in this very step: whoever comes next begins anew
  }

  /** Only to see whether the registry answers. */
  #question(): Asked {
    const ask = async (): Promise<void> => void (await this.#parts.registry.find(''));
    return { ask, refuse: () => undefined };
  }

  #settle(item: Told | Asked, refusal?: unknown): void {
    if (this.#queue[0] === item) this.#queue.shift();
    if ('ask' in item) return refusal === undefined ? undefined : item.refuse(refusal);
    const { journal, room, logger } = this.#parts;
    room.leave(item.content.byteLength);
    item.kept
      ?.then((segment) => journal.delivered(segment))
      .catch((problem: unknown) => {
        logger.error({ err: problem }, 'what was delivered could not be removed from the journal');
      });
    if (refusal === undefined) return item.done.resolve();
    item.done.reject(refusal);
    if (item.kept)
      logger.warn(
        { err: refusal, status: item.entry.status },
        'the registry refuses a state, and has its event',
      );
  }

  #isBack(): void {
    this.#failures = 0;
    this.#full = undefined;
    if (!this.#away) return;
    const { since } = this.#away;
    this.#away = undefined;
    this.#parts.logger.warn(
      { since, waiting: this.#parts.room.events, unrecorded: this.#unrecorded },
      'the registry answers again; what waits in the journal is delivered',
    );
  }

  #isAway(error: unknown): void {
    const problem = isPluginError(error, 'REGISTRY_UNAVAILABLE')
      ? error.details.problem
      : String(error instanceof Error ? error.message : error);
    if (!this.#away)
      this.#parts.logger.error(
        { err: error },
        'the registry is away; what happens is kept in the journal until it is back',
      );
    this.#away = { since: this.#away?.since ?? new Date(), problem };
    this.#failures += 1;
    this.#keepAll(error);
    if (this.#isClosing) return;
    this.#retry = setTimeout(() => this.#wake(), retryDelay(this.#failures, Math.random()));
    this.#retry.unref(); // what waits is on the disk: it keeps no process alive
  }

  /** Everything that was to be told goes to the journal at once, in order; whoever has asked is told that nobody answers. */
  #keepAll(error: unknown): void {
    for (const item of this.#queue.splice(0)) {
      if ('ask' in item) item.refuse(error);
      else {
        this.#queue.push(item);
        if (!item.kept) this.#keep(item);
      }
    }
  }

  #keep(told: Told): void {
    told.kept = this.#parts.journal.keep(told.content);
    void this.#whenKept(told, told.kept);
  }

  async #whenKept(told: Told, kept: Promise<unknown>): Promise<void> {
    const { room } = this.#parts;
    try {
      await kept;
      told.done.resolve();
      if (room.problem('plugin.admitted', 0) === undefined) this.#full = undefined;
    } catch (error) {
      const position = this.#queue.indexOf(told);
      if (position < 0) return; // the registry was faster
      this.#queue.splice(position, 1);
      room.leave(told.content.byteLength);
      const problem = error instanceof Error ? error.message : String(error);
      told.done.reject(
        this.#lost(told, `the journal of what it has to be told cannot be written: ${problem}`),
      );
    }
  }

  #lost({ entry }: Told, problem: string): PluginError {
    const both = this.#away ? `${this.#away.problem}, and ${problem}` : problem;
    const error = new PluginError('REGISTRY_UNAVAILABLE', { problem: both });
    this.#unrecorded += 1;
    if (entry.event.event === 'call.rejected') return error; // of those it is enough to know how many
    if (this.#full === undefined)
      this.#parts.logger.error(
        { err: error },
        'an audit event is not recorded; until there is room, no plugin is started',
      );
    this.#full = both;
    return error;
  }
}
