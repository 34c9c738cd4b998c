-- 0003-event-ids of @stellaops/plugin-registry, for the schema "plugin_registry"; migrationSql() writes it for another.
begin;
select pg_advisory_xact_lock(3853314791062309107);
create schema if not exists "plugin_registry";
create table if not exists "plugin_registry"."kysely_migration" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null);
create table if not exists "plugin_registry"."kysely_migration_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null);
insert into "plugin_registry"."kysely_migration_lock" ("id", "is_locked") values ('migration_lock', 0) on conflict do nothing;
alter table "plugin_registry"."audit_events" add column "event_id" uuid;
create unique index "audit_events_by_event_id" on "plugin_registry"."audit_events" ("event_id");
create table "plugin_registry"."registry_identity" ("id" uuid not null, "is_only" boolean default true primary key, constraint "registry_identity_is_only" check (is_only));
insert into "plugin_registry"."registry_identity" (id) values (gen_random_uuid());
insert into "plugin_registry"."kysely_migration" ("name", "timestamp") values ('0003-event-ids', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'));
commit;
