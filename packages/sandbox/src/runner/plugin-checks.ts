import type { PluginDefinition, SchemaCheck } from '@stellaops/plugin-abstractions';
import type { HostFrame } from '../wire/connection.ts';

/** A call, or what cancels it. */
export type FrameOfCall = Extract<HostFrame, { readonly $case: 'call' | 'cancel' }>;

/** What checks the values of a plugin's calls, loaded when it has started; calls that come before that wait, in their order. */
export class PluginChecks {
  readonly #serve: (frame: FrameOfCall) => void;
  readonly #violated: () => void;
  #schemaCheck: SchemaCheck | undefined;
  #waiting: FrameOfCall[] | undefined;

  /** `violated`: called when serving a call that waited throws, which the protocol does not allow. */
  constructor(serve: (frame: FrameOfCall) => void, violated: () => void) {
    this.#serve = serve;
    this.#violated = violated;
  }

  /** `undefined` while they are not loaded. */
  get schemaCheck(): SchemaCheck | undefined {
    return this.#schemaCheck;
  }

  /** Serves the call as soon as the checks are loaded. */
  whenLoaded(definition: PluginDefinition, frame: FrameOfCall): void {
    this.load(definition);
    this.#waiting?.push(frame);
  }

  /** Has them loaded, once. */
  load(definition: PluginDefinition): void {
    if (this.#schemaCheck || this.#waiting) return;
    this.#waiting = [];
    void this.#finish(definition);
  }

  async #finish(definition: PluginDefinition): Promise<void> {
    this.#schemaCheck = await checkOf(definition);
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    try {
      for (const frame of waiting) this.#serve(frame);
    } catch {
      this.#violated();
    }
  }
}

/** What keeps it from being loaded is what each call fails with: the plugin has started, and may do without calls. */
async function checkOf(definition: PluginDefinition): Promise<SchemaCheck> {
  try {
    return await definition.loadSchemaCheck();
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
