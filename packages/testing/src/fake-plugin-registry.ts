import { once } from 'node:events';
import { PluginError } from '@stellaops/plugin-abstractions';
import type {
  AuditEvent,
  AuditVerification,
  CatalogueNotice,
  DesiredState,
  FleetHost,
  FleetMembership,
  HostAnnouncement,
  PluginCatalogue,
  PluginHealth,
  RecordedAuditEvent,
  RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';

type Given<Method extends Exclude<keyof PluginCatalogue, 'id'>> = Parameters<PluginCatalogue[Method]>;

/** A registry in memory whose store a test can take away. */
export class FakePluginRegistry implements PluginCatalogue {
  readonly #registry = new InMemoryPluginRegistry();
  #problem: string | undefined;
  #isClosed = false;
  #outage = new AbortController();
  #back = Promise.withResolvers<void>();

  get id(): string {
    return this.#registry.id;
  }

  /** From now on everything rejects with `REGISTRY_UNAVAILABLE`. */
  goAway(problem = 'the connection was closed'): void {
    this.#problem = problem;
    this.#outage.abort();
  }

  /** Everything works again; what was written before is there. */
  comeBack(): void {
    this.#problem = undefined;
    this.#outage = new AbortController();
    this.#back.resolve();
    this.#back = Promise.withResolvers();
  }

  register(...given: Given<'register'>): Promise<RegisteredPlugin> {
    return this.#reach((registry) => registry.register(...given));
  }

  recordStatus(...given: Given<'recordStatus'>): Promise<void> {
    return this.#reach((registry) => registry.recordStatus(...given));
  }

  audit(event: AuditEvent): Promise<void> {
    return this.#reach((registry) => registry.audit(event));
  }

  find(pluginId: string): Promise<RegisteredPlugin | undefined> {
    return this.#reach((registry) => registry.find(pluginId));
  }

  list(...given: Given<'list'>): Promise<readonly RegisteredPlugin[]> {
    return this.#reach((registry) => registry.list(...given));
  }

  auditTrail(...given: Given<'auditTrail'>): Promise<readonly RecordedAuditEvent[]> {
    return this.#reach((registry) => registry.auditTrail(...given));
  }

  configure(...given: Given<'configure'>): Promise<void> {
    return this.#reach((registry) => registry.configure(...given));
  }

  disable(...given: Given<'disable'>): Promise<void> {
    return this.#reach((registry) => registry.disable(...given));
  }

  quarantine(...given: Given<'quarantine'>): Promise<void> {
    return this.#reach((registry) => registry.quarantine(...given));
  }

  enable(...given: Given<'enable'>): Promise<void> {
    return this.#reach((registry) => registry.enable(...given));
  }

  pin(...given: Given<'pin'>): Promise<void> {
    return this.#reach((registry) => registry.pin(...given));
  }

  unpin(...given: Given<'unpin'>): Promise<void> {
    return this.#reach((registry) => registry.unpin(...given));
  }

  rollBack(...given: Given<'rollBack'>): Promise<string> {
    return this.#reach((registry) => registry.rollBack(...given));
  }

  remove(...given: Given<'remove'>): Promise<void> {
    return this.#reach((registry) => registry.remove(...given));
  }

  health(pluginId: string): Promise<PluginHealth> {
    return this.#reach((registry) => registry.health(pluginId));
  }

  verifyAuditChain(...given: Given<'verifyAuditChain'>): Promise<AuditVerification> {
    return this.#reach((registry) => registry.verifyAuditChain(...given));
  }

  async join(host: HostAnnouncement): Promise<FleetMembership> {
    const { incarnation, ...place } = await this.#reach((registry) => registry.join(host));
    return {
      incarnation,
      heartbeat: () => this.#reach(() => place.heartbeat()),
      report: (instances) => this.#reach(() => place.report(instances)),
      leave: () => this.#reach(() => place.leave()),
    };
  }

  hosts(...given: Given<'hosts'>): Promise<readonly FleetHost[]> {
    return this.#reach((registry) => registry.hosts(...given));
  }

  desiredStates(...given: Given<'desiredStates'>): Promise<readonly DesiredState[]> {
    return this.#reach((registry) => registry.desiredStates(...given));
  }

  /** What changes while it is away is told to nobody; when it is back each watch begins anew. */
  async *watch(signal: AbortSignal): AsyncGenerator<CatalogueNotice> {
    while (!signal.aborted && !this.#isClosed) {
      if (this.#problem === undefined)
        yield* this.#registry.watch(AbortSignal.any([signal, this.#outage.signal]));
      else await Promise.race([this.#back.promise, once(signal, 'abort')]);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    return this.#registry[Symbol.asyncDispose]();
  }

  async #reach<Result>(work: (registry: PluginCatalogue) => Promise<Result>): Promise<Result> {
    if (this.#problem !== undefined)
      throw new PluginError('REGISTRY_UNAVAILABLE', { problem: this.#problem });
    return work(this.#registry);
  }
}
