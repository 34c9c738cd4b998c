import { implement } from '@stellaops/plugin-sdk';
import { Stage } from './plugins/puppet.ts';

/** The side of the host of what plugins do: how often each call was worked at, and which ones wait. */
export class PuppetStage {
  /** By call. */
  readonly entered = new Map<string, number>();
  readonly #waiting = new Map<string, () => void>();

  readonly service = implement(Stage, {
    enter: async (call) => {
      this.entered.set(call, (this.entered.get(call) ?? 0) + 1);
      return null;
    },
    wait: (call, options) =>
      new Promise((resolve, reject) => {
        this.#waiting.set(call, () => resolve(null));
        options?.signal?.addEventListener('abort', () => {
          this.#waiting.delete(call);
          reject(options.signal?.reason);
        });
      }),
  });

  /** Whether this call waits to go on. */
  isWaiting(call: string): boolean {
    return this.#waiting.has(call);
  }

  /** Lets a call go on. */
  release(call: string): void {
    this.#waiting.get(call)?.();
    this.#waiting.delete(call);
  }
}
