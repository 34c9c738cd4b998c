-- 0001-catalogue of @stellaops/plugin-registry, for the schema "plugin_registry"; migrationSql() writes it for another.
begin;
select pg_advisory_xact_lock(3853314791062309107);
create schema if not exists "plugin_registry";
create table if not exists "plugin_registry"."kysely_migration" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null);
create table if not exists "plugin_registry"."kysely_migration_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null);
insert into "plugin_registry"."kysely_migration_lock" ("id", "is_locked") values ('migration_lock', 0) on conflict do nothing;
create table "plugin_registry"."plugins" ("id" text collate "C" primary key, "name" text not null, "trust_level" text not null, "status" text not null, "config_json" json, "registered_at" timestamptz(3) not null, constraint "plugins_trust_level" check ("trust_level" in ('builtIn', 'trusted', 'untrusted')), constraint "plugins_status" check ("status" in ('discovery', 'loading', 'initialization', 'active', 'shutdown', 'failed')));
create table "plugin_registry"."plugin_versions" ("id" bigint generated always as identity primary key, "plugin_id" text collate "C" not null references "plugin_registry"."plugins" ("id") on delete cascade, "version" text collate "C" not null, "assembly_hash" text not null, "published_at" timestamptz(3) not null, "manifest" json not null, constraint "plugin_versions_version" unique ("plugin_id", "version"), constraint "plugin_versions_assembly_hash" check ("assembly_hash" ~ '^[0-9a-f]{64}$'));
create table "plugin_registry"."plugin_capabilities" ("plugin_version_id" bigint not null references "plugin_registry"."plugin_versions" ("id") on delete cascade, "direction" text not null, "capability" text collate "C" not null, "version" integer not null, "parameters" json, constraint "plugin_capabilities_pkey" primary key ("plugin_version_id", "direction", "capability", "version"), constraint "plugin_capabilities_direction" check ("direction" in ('provides', 'requires')), constraint "plugin_capabilities_version" check (version >= 1));
create index "plugin_capabilities_by_capability" on "plugin_registry"."plugin_capabilities" ("capability", "direction", "version");
create table "plugin_registry"."plugin_desired_states" ("plugin_id" text collate "C" primary key references "plugin_registry"."plugins" ("id") on delete cascade, "pinned_version" text collate "C", "restriction" text, "restricted_at" timestamptz(3), "restricted_by" text, "restriction_reason" text, constraint "plugin_desired_states_pinned_version" foreign key ("plugin_id", "pinned_version") references "plugin_registry"."plugin_versions" ("plugin_id", "version"), constraint "plugin_desired_states_restriction" check ("restriction" in ('disabled', 'quarantined')), constraint "plugin_desired_states_restricted" check (num_nulls(restriction, restricted_at, restricted_by) in (0, 3)));
create table "plugin_registry"."audit_chains" ("host_id" text collate "C" primary key, "length" bigint not null, "head_hash" text not null, constraint "audit_chains_length" check (length >= 0), constraint "audit_chains_head_hash" check ("head_hash" ~ '^[0-9a-f]{64}$'));
create table "plugin_registry"."audit_events" ("id" bigint generated always as identity primary key, "host_id" text collate "C" not null references "plugin_registry"."audit_chains" ("host_id"), "sequence" bigint not null, "event" text collate "C" not null, "at" timestamptz(3) not null, "actor" text collate "C" not null, "plugin_id" text collate "C", "version" text, "trust_level" text, "capability" text, "code" text, "detail" text, "evidence" json, "previous_hash" text not null, "hash" text not null, constraint "audit_events_sequence" unique ("host_id", "sequence"), constraint "audit_events_sequence_from_one" check (sequence >= 1), constraint "audit_events_previous_hash" check ("previous_hash" ~ '^[0-9a-f]{64}$'), constraint "audit_events_hash" check ("hash" ~ '^[0-9a-f]{64}$'));
create index "audit_events_by_plugin_id" on "plugin_registry"."audit_events" ("plugin_id", "id");
create index "audit_events_by_actor" on "plugin_registry"."audit_events" ("actor", "id");
create index "audit_events_by_event" on "plugin_registry"."audit_events" ("event", "id");
create index "audit_events_by_at" on "plugin_registry"."audit_events" ("at");
create index "audit_events_of_life" on "plugin_registry"."audit_events" ("plugin_id", "host_id", "id") where "event" in ('plugin.admitted', 'plugin.activated', 'plugin.failed', 'plugin.shutdown');
create function "plugin_registry"."refuse_audit_change"() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_events_append_only before update or delete or truncate on "plugin_registry"."audit_events"
for each statement execute function "plugin_registry"."refuse_audit_change"();
insert into "plugin_registry"."kysely_migration" ("name", "timestamp") values ('0001-catalogue', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'));
commit;
