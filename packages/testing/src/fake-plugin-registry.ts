import { PluginError } from '@stellaops/plugin-abstractions';
import type { AuditEvent, PluginRegistry, RegisteredPlugin } from '@stellaops/plugin-abstractions/hosting';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';

/** A registry in memory whose store a test can take away. */
export class FakePluginRegistry implements PluginRegistry {
  readonly #registry = new InMemoryPluginRegistry();
  #problem: string | undefined;

  /** From now on everything rejects with `REGISTRY_UNAVAILABLE`. */
  goAway(problem = 'the connection was closed'): void {
    this.#problem = problem;
  }

  /** Everything works again; what was written before is there. */
  comeBack(): void {
    this.#problem = undefined;
  }

  register(...given: Parameters<PluginRegistry['register']>): Promise<RegisteredPlugin> {
    return this.#reach((registry) => registry.register(...given));
  }

  recordStatus(...given: Parameters<PluginRegistry['recordStatus']>): Promise<void> {
    return this.#reach((registry) => registry.recordStatus(...given));
  }

  configure(...given: Parameters<PluginRegistry['configure']>): Promise<void> {
    return this.#reach((registry) => registry.configure(...given));
  }

  audit(event: AuditEvent): Promise<void> {
    return this.#reach((registry) => registry.audit(event));
  }

  find(pluginId: string): Promise<RegisteredPlugin | undefined> {
    return this.#reach((registry) => registry.find(pluginId));
  }

  list(): Promise<readonly RegisteredPlugin[]> {
    return this.#reach((registry) => registry.list());
  }

  auditTrail(pluginId?: string): Promise<readonly AuditEvent[]> {
    return this.#reach((registry) => registry.auditTrail(pluginId));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#registry[Symbol.asyncDispose]();
  }

  async #reach<Result>(work: (registry: PluginRegistry) => Promise<Result>): Promise<Result> {
    if (this.#problem !== undefined)
      throw new PluginError('REGISTRY_UNAVAILABLE', { problem: this.#problem });
    return work(this.#registry);
  }
}
