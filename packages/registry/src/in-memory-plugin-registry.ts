import { PluginError } from '@stellaops/plugin-abstractions';
import type {
  AuditEvent,
  LifecycleState,
  PluginRegistration,
  PluginRegistry,
  RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';

/** The catalogue in memory, for tests and for hosts that need nothing to outlive them. */
export class InMemoryPluginRegistry implements PluginRegistry {
  readonly #plugins = new Map<string, RegisteredPlugin>();
  readonly #events: AuditEvent[] = [];

  register(
    { manifest, digest, trustLevel }: PluginRegistration,
    event: AuditEvent,
  ): Promise<RegisteredPlugin> {
    return settle(() => {
      const { id, name, version } = manifest;
      const known = this.#plugins.get(id);
      const registered = known?.versions.find((each) => each.version === version);
      if (registered && registered.digest !== digest) {
        throw new PluginError('DIGEST_MISMATCH', {
          pluginId: id,
          version,
          expected: registered.digest,
          actual: digest,
        });
      }
      if (known && registered && known.trustLevel === trustLevel) return structuredClone(known);
      const added = registered ? [] : [{ version, digest, manifest, publishedAt: event.at }];
      const versions = [...(known?.versions ?? []), ...added];
      const plugin: RegisteredPlugin = structuredClone({
        ...(known ?? { id, status: 'discovery', registeredAt: event.at }),
        name,
        trustLevel,
        versions,
      });
      this.#plugins.set(id, plugin);
      this.#events.push(structuredClone(event));
      return structuredClone(plugin);
    });
  }

  recordStatus(pluginId: string, status: LifecycleState, event?: AuditEvent): Promise<void> {
    return settle(() => {
      this.#change(pluginId, { status });
      if (event) this.#events.push(structuredClone(event));
    });
  }

  configure(pluginId: string, config: unknown, event?: AuditEvent): Promise<void> {
    return settle(() => {
      this.#change(pluginId, { config: structuredClone(config) });
      if (event) this.#events.push(structuredClone(event));
    });
  }

  audit(event: AuditEvent): Promise<void> {
    return settle(() => void this.#events.push(structuredClone(event)));
  }

  find(pluginId: string): Promise<RegisteredPlugin | undefined> {
    return settle(() => structuredClone(this.#plugins.get(pluginId)));
  }

  list(): Promise<readonly RegisteredPlugin[]> {
    return settle(() =>
      structuredClone([...this.#plugins.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))),
    );
  }

  auditTrail(pluginId?: string): Promise<readonly AuditEvent[]> {
    return settle(() =>
      structuredClone(this.#events.filter((event) => pluginId === undefined || event.pluginId === pluginId)),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #change(pluginId: string, change: Partial<RegisteredPlugin>): void {
    const known = this.#plugins.get(pluginId);
    if (!known) {
      const problem = 'it was never registered';
      throw new PluginError('REGISTRY_CONFLICT', { pluginId, version: 'of any version', problem });
    }
    this.#plugins.set(pluginId, { ...known, ...change });
  }
}

/** The outcome of something synchronous, as a database would give it. */
function settle<Result>(work: () => Result): Promise<Result> {
  return Promise.resolve().then(work);
}
