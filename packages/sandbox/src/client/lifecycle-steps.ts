import { PluginError } from '@stellaops/plugin-abstractions';
import { decodeFailure, lifecycleCodes } from '../wire/failure-codec.ts';
import type { Control, ControlDone } from '../wire/messages.ts';

/** A step of the lifecycle, as the wire names it. */
export type ControlStep = NonNullable<Control['step']>;

interface StepUnderWay extends PromiseWithResolvers<void> {
  readonly name: ControlStep['$case'];
}

/** The steps that the host asks the runner for, and that it takes one at a time. */
export class LifecycleSteps {
  readonly #pluginId: string;
  readonly #send: (control: Control) => void;
  readonly #steps = new Map<number, StepUnderWay>();
  #lastId = 0;
  #isStopAnswered = false;

  constructor(pluginId: string, send: (control: Control) => void) {
    this.#pluginId = pluginId;
    this.#send = send;
  }

  /** The first step that was asked for and has no answer. */
  get underWay(): ControlStep['$case'] | undefined {
    const [step] = this.#steps.values();
    return step?.name;
  }

  /** Whether the plugin has stopped, well or not, and may go. */
  get isStopAnswered(): boolean {
    return this.#isStopAnswered;
  }

  /** Asks for a step. Rejects with what the plugin failed with. */
  async run(step: ControlStep, timeoutMs: number): Promise<void> {
    const id = ++this.#lastId;
    const done = Promise.withResolvers<void>();
    this.#steps.set(id, { ...done, name: step.$case });
    this.#send({ id, timeoutMs, step });
    await done.promise;
  }

  /** Takes the answer to a step. One that nobody asked for is dropped. */
  finish({ id, failure }: ControlDone): void {
    const step = this.#steps.get(id);
    if (!step) return;
    this.#steps.delete(id);
    if (step.name === 'stop') this.#isStopAnswered = true;
    if (!failure) return step.resolve();
    const pluginId = this.#pluginId;
    step.reject(
      decodeFailure(
        failure,
        lifecycleCodes,
        { pluginId },
        (problem, cause) =>
          new PluginError('LIFECYCLE_FAILED', { pluginId, phase: 'come up', problem }, { cause }),
      ),
    );
  }

  /** Ends the steps that wait. */
  close(error: PluginError): void {
    for (const { reject } of this.#steps.values()) reject(error);
  }
}
