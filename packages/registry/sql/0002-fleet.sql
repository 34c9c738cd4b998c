-- 0002-fleet of @stellaops/plugin-registry, for the schema "plugin_registry"; migrationSql() writes it for another.
begin;
select pg_advisory_xact_lock(3853314791062309107);
create schema if not exists "plugin_registry";
create table if not exists "plugin_registry"."kysely_migration" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null);
create table if not exists "plugin_registry"."kysely_migration_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null);
insert into "plugin_registry"."kysely_migration_lock" ("id", "is_locked") values ('migration_lock', 0) on conflict do nothing;
create table "plugin_registry"."plugin_hosts" ("host_id" text collate "C" primary key, "incarnation" uuid not null, "machine" text not null, "process_id" bigint not null, "process_identity" text not null, "joined_at" timestamptz(3) not null, "heartbeat_at" timestamptz(3) not null, "lost_after_ms" bigint not null, constraint "plugin_hosts_lost_after_ms" check (lost_after_ms > 0));
create table "plugin_registry"."plugin_instances" ("host_id" text collate "C" not null references "plugin_registry"."plugin_hosts" ("host_id") on delete cascade, "plugin_id" text collate "C" not null, "version" text collate "C" not null, "state" text not null, "since" timestamptz(3) not null, "code" text, "detail" text, constraint "plugin_instances_pkey" primary key ("host_id", "plugin_id"), constraint "plugin_instances_version" foreign key ("plugin_id", "version") references "plugin_registry"."plugin_versions" ("plugin_id", "version") on delete cascade, constraint "plugin_instances_state" check (state in ('discovery', 'loading', 'initialization', 'active', 'shutdown', 'failed')));
create index "plugin_instances_by_version" on "plugin_registry"."plugin_instances" ("plugin_id", "version");
drop index "plugin_registry"."audit_events_of_life";
insert into "plugin_registry"."kysely_migration" ("name", "timestamp") values ('0002-fleet', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'));
commit;
