import type { PluginTrustLevel } from '@stellaops/plugin-abstractions';
import type {
  AuditEvent,
  AuditEventName,
  LifecycleState,
  PluginManifest,
  PluginRestriction,
  RegisteredPlugin,
  RegisteredVersion,
} from '@stellaops/plugin-abstractions/hosting';
import { sql, type Insertable, type Kysely } from 'kysely';
import { chainStart, nextLink } from '../audit/audit-chain.ts';
import { EventAlreadyWritten } from '../audit/event-already-written.ts';
import { toRecord } from '../audit/event-record.ts';
import type { CatalogueTransaction, NewPlugin } from '../catalogue/catalogue-store.ts';
import type { FleetTransaction, InstanceEntry } from '../catalogue/fleet-store.ts';
import { recordStatus } from './fleet/instances.ts';
import { SqlFleetTransaction } from './fleet/sql-fleet-transaction.ts';
import { noticePayload } from './fleet/watches.ts';
import { findPlugin } from './plugin-queries.ts';
import { eventColumns } from './rows.ts';
import type { Tables } from './tables.ts';

type DesiredState = Omit<Insertable<Tables['plugin_desired_states']>, 'plugin_id'>;

/** A transaction of a catalogue in SQL. It locks the row of a plugin before that of a chain, always, so that two never wait for each other. */
export class SqlTransaction implements CatalogueTransaction {
  readonly fleet: FleetTransaction;
  readonly #tables: Kysely<Tables>;
  readonly #channel: string;

  /** `channel` is that of the notices. */
  constructor(tables: Kysely<Tables>, channel: string) {
    this.#tables = tables;
    this.#channel = channel;
    this.fleet = new SqlFleetTransaction(tables);
  }

  async find(pluginId: string): Promise<RegisteredPlugin | undefined> {
    // Only a statement that begins after the lock was had sees what its holder before has written.
    await this.#lock(pluginId);
    return findPlugin(this.#tables, pluginId);
  }

  async enter({ id, name, trustLevel, registeredAt }: NewPlugin): Promise<void> {
    await this.#tables
      .insertInto('plugins')
      .values({
        id,
        name,
        trust_level: trustLevel,
        status: 'discovery',
        config_json: null,
        registered_at: registeredAt.toISOString(),
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }

  async addVersion(
    pluginId: string,
    { version, digest, manifest, publishedAt }: RegisteredVersion,
  ): Promise<void> {
    const { id } = await this.#tables
      .insertInto('plugin_versions')
      .values({
        plugin_id: pluginId,
        version,
        assembly_hash: digest,
        published_at: publishedAt.toISOString(),
        manifest: JSON.stringify(manifest),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const capabilities = capabilityRows(id, manifest);
    if (capabilities.length > 0)
      await this.#tables.insertInto('plugin_capabilities').values(capabilities).execute();
  }

  async describe(pluginId: string, name: string, trustLevel: PluginTrustLevel): Promise<void> {
    const described = { name, trust_level: trustLevel };
    await this.#tables.updateTable('plugins').set(described).where('id', '=', pluginId).execute();
  }

  async setStatus(pluginId: string, status: LifecycleState, instance?: InstanceEntry): Promise<boolean> {
    // Who lets go of a plugin has to see who has taken it up: only a statement that begins after the lock was had does.
    if (status === 'shutdown' || status === 'failed') await this.#lock(pluginId);
    return recordStatus(this.#tables, { pluginId, state: status }, instance);
  }

  async setConfig(pluginId: string, config: unknown): Promise<void> {
    const json = config === undefined ? null : JSON.stringify(config);
    await this.#tables.updateTable('plugins').set({ config_json: json }).where('id', '=', pluginId).execute();
  }

  setRestriction(pluginId: string, restriction: PluginRestriction | undefined): Promise<void> {
    return this.#desire(pluginId, {
      restriction: restriction?.kind ?? null,
      restricted_at: restriction?.since.toISOString() ?? null,
      restricted_by: restriction?.actor ?? null,
      restriction_reason: restriction?.reason ?? null,
    });
  }

  setPinnedVersion(pluginId: string, version: string | undefined): Promise<void> {
    return this.#desire(pluginId, { pinned_version: version ?? null });
  }

  async remove(pluginId: string): Promise<void> {
    await this.#tables.deleteFrom('plugins').where('id', '=', pluginId).execute();
  }

  async append(event: AuditEvent): Promise<void> {
    const record = toRecord(event);
    const { sequence, previousHash, hash } = nextLink(await this.#lockHead(record.hostId), record);
    const row = { ...eventColumns(record), sequence, previous_hash: previousHash, hash };
    const { numUpdatedRows } = await this.#tables
      .with('appended', (tables) =>
        tables
          .insertInto('audit_events')
          .values(row)
          .onConflict((conflict) => conflict.column('event_id').doNothing())
          .returning('sequence'),
      )
      .updateTable('audit_chains')
      .set({ length: sequence, head_hash: hash })
      .where('host_id', '=', record.hostId)
      .where((where) => where.exists(where.selectFrom('appended').select('sequence')))
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) throw new EventAlreadyWritten(event.id);
  }

  async tell(pluginId: string, event: AuditEventName): Promise<void> {
    const payload = noticePayload({ kind: 'changed', pluginId, event });
    await sql`select pg_notify(${this.#channel}, ${payload})`.execute(this.#tables);
  }

  /** The end of the chain of a host, which nobody else makes longer until the transaction ends. */
  async #lockHead(hostId: string): Promise<{ readonly sequence: number; readonly hash: string }> {
    const select = this.#tables
      .selectFrom('audit_chains')
      .selectAll()
      .where('host_id', '=', hostId)
      .forUpdate();
    let head = await select.executeTakeFirst();
    if (!head) {
      await this.#tables
        .insertInto('audit_chains')
        .values({ host_id: hostId, length: 0, head_hash: chainStart })
        .onConflict((conflict) => conflict.column('host_id').doNothing())
        .execute();
      head = await select.executeTakeFirstOrThrow();
    }
    return { sequence: Number(head.length), hash: head.head_hash };
  }

  async #lock(pluginId: string): Promise<void> {
    const plugin = this.#tables.selectFrom('plugins').select('id').where('id', '=', pluginId);
    await plugin.forUpdate().execute();
  }

  async #desire(pluginId: string, desired: DesiredState): Promise<void> {
    await this.#tables
      .insertInto('plugin_desired_states')
      .values({ plugin_id: pluginId, ...desired })
      .onConflict((conflict) => conflict.column('plugin_id').doUpdateSet(desired))
      .execute();
  }
}

function capabilityRows(versionId: string, { provides, requires = [] }: PluginManifest) {
  return Object.entries({ provides, requires }).flatMap(([direction, declarations]) =>
    declarations.map(({ capability, version, parameters }) => ({
      plugin_version_id: versionId,
      direction: direction as 'provides' | 'requires', // the keys of the line above
      capability,
      version,
      parameters: parameters === undefined ? null : JSON.stringify(parameters),
    })),
  );
}
