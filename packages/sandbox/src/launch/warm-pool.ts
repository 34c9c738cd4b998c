import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Isolation } from '../isolation/isolation.ts';
import { makeTemporaryFolder } from '../isolation/files/temporary-folders.ts';
import type { SandboxStart } from './start-sandbox.ts';
import { WarmSlot } from './warm-slot.ts';

/** What a pool is made of. */
export interface WarmPoolParts {
  readonly isolation: Isolation;
  /** How many slots wait. */
  readonly size: number;
  /** What each is started with: a plugin that is to be started otherwise gets none. */
  readonly start: SandboxStart;
}

/** Sandboxes that were started ahead, each for one use: a slot that had a plugin is never given to another. */
export class WarmPool implements AsyncDisposable {
  readonly #parts: WarmPoolParts;
  readonly #waiting = new Set<WarmSlot>();
  readonly #starting = new Set<Promise<void>>();
  #directory: Promise<string> | undefined;
  #isDisposed = false;

  constructor(parts: WarmPoolParts) {
    this.#parts = parts;
  }

  /** The slot that waited longest; `undefined` when none waits, or none was started in just this way. */
  take(start: SandboxStart): WarmSlot | undefined {
    if (!isDeepStrictEqual(start, this.#parts.start)) return undefined;
    const [slot] = this.#waiting;
    if (slot) this.#waiting.delete(slot);
    return slot;
  }

  /** Starts the slots that are missing. Resolves when all wait; rejects with what kept one from it, the others waiting. */
  async fill(): Promise<void> {
    while (!this.#isDisposed && this.#waiting.size + this.#starting.size < this.#parts.size) {
      const started = this.#startOne().finally(() => this.#starting.delete(started));
      this.#starting.add(started);
    }
    const failed = (await Promise.allSettled(this.#starting)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  /** Ends the slots that wait, and those that are coming up. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    await Promise.allSettled(this.#starting);
    await Promise.all(Array.from(this.#waiting, (slot) => slot[Symbol.asyncDispose]()));
    const directory = await this.#directory;
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }

  /** When it has ended, whether it waited or served a plugin. */
  async #forget(slot: WarmSlot, remove: () => Promise<void>): Promise<void> {
    await slot.untilGone();
    this.#waiting.delete(slot);
    await remove();
  }

  async #startOne(): Promise<void> {
    const { isolation, start } = this.#parts;
    this.#directory ??= makeTemporaryFolder();
    const directory = join(await this.#directory, randomBytes(4).toString('hex'));
    const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
    let slot: WarmSlot;
    try {
      slot = await WarmSlot.start(isolation, start, directory);
    } catch (error) {
      await remove();
      throw error;
    }
    this.#waiting.add(slot);
    void this.#forget(slot, remove);
  }
}
