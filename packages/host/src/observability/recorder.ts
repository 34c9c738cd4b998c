import { randomUUID } from 'node:crypto';
import { isPluginError, PluginError, type Logger } from '@stellaops/plugin-abstractions';
import {
  withheldBecause,
  type AuditEvent,
  type AuditEventName,
  type LifecycleState,
  type RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import type { CompleteOptions } from '../host-options.ts';
import type { RegistryWriter } from '../journal/registry-writer.ts';
import type { AdmittedPlugin, HostedPlugin } from '../lifecycle/hosted-plugin.ts';
import type { RestartPolicy } from '../lifecycle/restart-policy.ts';
import { HostMetrics } from './metrics.ts';
import { crashDetail, sandboxDetail } from './sandbox-detail.ts';

const eventOf: { readonly [State in LifecycleState]?: AuditEventName } = {
  loading: 'plugin.admitted',
  active: 'plugin.activated',
  failed: 'plugin.failed',
  shutdown: 'plugin.shutdown',
};

/** Tells registry, audit trail, metrics and log what happened; one line of log for each thing that happened. */
export class Recorder {
  readonly #writer: RegistryWriter | undefined;
  readonly #logger: Logger;
  readonly #metrics = new HostMetrics();
  readonly #who: Pick<AuditEvent, 'actor' | 'hostId'>;
  readonly #counted = new Set<HostedPlugin>();
  /** What the registry answered for plugins that were not stopped since: what it let run may run again after a crash. */
  readonly #answers = new WeakMap<AdmittedPlugin, RegisteredPlugin>();

  /** Without a writer nothing but the log is told. */
  constructor({ logger, actor, hostId }: CompleteOptions, writer?: RegistryWriter) {
    this.#writer = writer;
    this.#logger = logger;
    this.#who = { actor, hostId };
  }

  /** A logger whose lines say which plugin they are about. */
  loggerFor({ id, admitted: { manifest, trustLevel } }: HostedPlugin): Logger {
    return this.#logger.child({ pluginId: id, version: manifest.version, trustLevel });
  }

  /**
   * Enters a plugin in the catalogue. Resolves with the configuration that stands there. Rejects with what the registry rejects with,
   * and with `REGISTRY_CONFLICT` for a plugin that operators let no host run. While the registry is away its last answer holds for a plugin
   * that crashed, and there is none for one that comes anew.
   */
  async registered(plugin: HostedPlugin): Promise<unknown> {
    const { admitted } = plugin;
    const { manifest, digest, trustLevel } = admitted;
    this.#metrics.known(plugin.id);
    const event = this.#event('plugin.registered', plugin);
    const entry = await this.#writer
      ?.ask((registry) => registry.register({ manifest, digest, trustLevel }, event))
      .catch((error: unknown) => {
        const answer = isPluginError(error, 'REGISTRY_UNAVAILABLE') && this.#answers.get(admitted);
        if (answer) return answer;
        throw error;
      });
    if (entry) this.#answers.set(admitted, entry);
    const { version } = manifest;
    const problem = entry && withheldBecause(entry, version);
    if (problem !== undefined)
      throw new PluginError('REGISTRY_CONFLICT', { pluginId: plugin.id, version, problem });
    return entry?.config;
  }

  /** The state of a plugin has changed. Rejects when that can be told neither the registry nor the journal. */
  async stateChanged(plugin: HostedPlugin): Promise<void> {
    const { state, error, admitted, loadDurationMs } = plugin;
    if (state === 'active') {
      this.#counted.add(plugin);
      this.#metrics.activated(admitted.trustLevel, loadDurationMs ?? 0);
    } else if (this.#counted.delete(plugin)) this.#metrics.deactivated(admitted.trustLevel);

    const logger = this.loggerFor(plugin);
    if (error) {
      this.#metrics.failed(plugin.id);
      logger.error(
        { lifecycleState: state, code: error.code, blame: error.blame, err: error, ...crashDetail(plugin) },
        error.message,
      );
    } else
      logger.info(
        { lifecycleState: state, ...(state === 'active' && { durationMs: loadDurationMs }) },
        `plugin is in ${state}`,
      );

    const name = eventOf[state];
    const event = name && this.#event(name, plugin, error);
    if (state === 'shutdown') this.#answers.delete(admitted);
    // The status of the id is that of the version that has it, or takes it now.
    const hasStatus = !plugin.isBeside || state === 'active';
    if (event) await this.#writer?.tell({ event, ...(hasStatus && { status: state }) });
    else if (hasStatus) await this.#passed(plugin);
  }

  /** A plugin was built against another form of a contract than that of the host. Calls are checked all the same. */
  contractDiffers(plugin: HostedPlugin, capability: string): void {
    const detail = 'the fingerprint in the manifest is not that of the contract of this host';
    this.loggerFor(plugin).warn({ capability }, detail);
    const event = { ...this.#event('contract.differs', plugin), capability, detail };
    this.#writer?.tell({ event }).catch((problem: unknown) => this.lost(plugin, problem));
  }

  /** A package was refused before it became a plugin. It stays refused whatever becomes of the record. */
  async refused(
    source: string,
    error: PluginError,
    known: Pick<AuditEvent, 'pluginId' | 'version'>,
  ): Promise<void> {
    this.#logger.error({ ...known, code: error.code, blame: error.blame, source }, error.message);
    const event: AuditEvent = {
      id: randomUUID(),
      event: 'plugin.refused',
      at: new Date(),
      ...this.#who,
      ...known,
      code: error.code,
      detail: error.message,
    };
    await this.#writer?.tell({ event }).catch((problem: unknown) => {
      this.#logger.error(
        { ...known, source, err: problem },
        'the host could not record that it refused this',
      );
    });
  }

  /** A call was turned away because the plugin may not make it. The plugin hears of it whatever becomes of the record. */
  callRejected(plugin: HostedPlugin, capability: string, error: PluginError): void {
    this.loggerFor(plugin).warn({ capability, code: error.code, blame: error.blame }, error.message);
    const event = { ...this.#event('call.rejected', plugin, error), capability };
    this.#writer?.tell({ event }).catch(() => undefined); // the writer counts what is lost
  }

  /** A service is about to do for a plugin what an auditor asks about. Rejects when that cannot be recorded: then it must not be done. */
  async serviceUsed(plugin: HostedPlugin, capability: string, detail: string): Promise<void> {
    await this.#writer?.tell({ event: { ...this.#event('service.used', plugin), capability, detail } });
  }

  /** One of the sandboxes of a plugin ended by itself, and the others go on. */
  sandboxLost(plugin: HostedPlugin, error: PluginError): void {
    const { running } = plugin.instance ?? {};
    const { code, blame } = error;
    this.loggerFor(plugin).error(
      { code, blame, err: error, running, ...crashDetail(plugin) },
      'a sandbox of the plugin has ended, and the others go on',
    );
    const event = this.#event('plugin.instanceLost', plugin, error);
    this.#writer?.tell({ event }).catch((problem: unknown) => this.lost(plugin, problem));
  }

  /** A sandbox that was to replace one that ended did not come up. */
  notReplaced(plugin: HostedPlugin, error: unknown): void {
    this.loggerFor(plugin).error(
      { err: error },
      'a sandbox of the plugin that had ended could not be replaced',
    );
  }

  /** A plugin is about to be started again, or what is missing of it. */
  restarting(plugin: HostedPlugin): void {
    this.#metrics.restarted();
    this.loggerFor(plugin).warn(
      { restarts: plugin.restarts },
      'plugin is started again, for its sandbox had ended',
    );
  }

  /** A plugin has used up its restarts. */
  restartsExhausted(plugin: HostedPlugin, { maxRestarts, windowMs }: RestartPolicy): void {
    this.loggerFor(plugin).error(
      { lifecycleState: plugin.state, maxRestarts, windowMs },
      plugin.state === 'active'
        ? 'a sandbox of the plugin is not replaced, for that was done as often as its restart policy allows'
        : 'plugin stays failed, for it was started again as often as its restart policy allows; re-scan to start it',
    );
  }

  /** Code of a plugin that is not at work any more failed in this process. */
  failedLater(plugin: HostedPlugin, error: PluginError): void {
    this.loggerFor(plugin).error(
      { lifecycleState: plugin.state, code: error.code, err: error },
      'code that the plugin left in this process failed',
    );
  }

  /** Something about a plugin could not be recorded or cleared away. */
  lost(plugin: HostedPlugin, problem: unknown): void {
    this.loggerFor(plugin).error(
      { err: problem, lifecycleState: plugin.state },
      'the host could not record or clear away all of it',
    );
  }

  /** A state on the way to another, of which no event tells: a registry that is away hears of the next. */
  async #passed({ id, state, admitted }: HostedPlugin): Promise<void> {
    const place = { hostId: this.#who.hostId, version: admitted.manifest.version };
    try {
      await this.#writer?.ask((registry) => registry.recordStatus(id, state, undefined, place));
    } catch (error) {
      if (!isPluginError(error, 'REGISTRY_UNAVAILABLE')) throw error;
    }
  }

  #event(event: AuditEventName, plugin: HostedPlugin, error?: PluginError): AuditEvent {
    const { id, admitted } = plugin;
    const { manifest, trustLevel, trustReason } = admitted;
    const about = { pluginId: id, version: manifest.version, trustLevel };
    const detail = error
      ? { code: error.code, detail: error.message }
      : event === 'plugin.admitted'
        ? { detail: trustReason }
        : event === 'plugin.shutdown' && plugin.stopReason !== undefined
          ? { detail: plugin.stopReason }
          : {};
    return {
      id: randomUUID(),
      event,
      at: new Date(),
      ...this.#who,
      ...about,
      ...detail,
      ...sandboxDetail(event, plugin),
    };
  }
}
