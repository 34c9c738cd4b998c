import { PluginError } from '@stellaops/plugin-abstractions';
import {
  schemaProblem,
  withDefaults,
  type PluginQuery,
  type PluginRegistration,
  type RegisteredPlugin,
  type RegisteredVersion,
} from '@stellaops/plugin-abstractions/hosting';
import { jsonFault } from './json-fault.ts';

/** The version that hosts should run: the pinned one, else the last that was registered. */
export function versionInForce({ versions, pinnedVersion }: RegisteredPlugin): RegisteredVersion | undefined {
  return pinnedVersion === undefined
    ? versions.at(-1)
    : versions.find(({ version }) => version === pinnedVersion);
}

/** Throws `REGISTRY_CONFLICT` for a digest that is none. */
export function checkDigest({ manifest: { id, version }, digest }: PluginRegistration): void {
  if (/^[0-9a-f]{64}$/.test(digest)) return;
  const problem = `its digest "${digest}" is no SHA-256 in hex`;
  throw new PluginError('REGISTRY_CONFLICT', { pluginId: id, version, problem });
}

/** Throws `DIGEST_MISMATCH` when what is registered now has the version, but not the digest, of what was registered then. */
export function registeredVersion(
  entry: RegisteredPlugin,
  { manifest: { version }, digest }: PluginRegistration,
): RegisteredVersion | undefined {
  const registered = entry.versions.find((each) => each.version === version);
  if (registered && registered.digest !== digest) {
    const details = { pluginId: entry.id, version, expected: registered.digest, actual: digest };
    throw new PluginError('DIGEST_MISMATCH', details);
  }
  return registered;
}

/** Throws `CONFIG_INVALID` for a configuration that the plugin could not be given. */
export function checkConfig(entry: RegisteredPlugin, config: unknown): void {
  const problem = jsonFault(config) ?? schemaFaultOf(entry, config);
  if (problem !== undefined) throw new PluginError('CONFIG_INVALID', { pluginId: entry.id, problem });
}

/** Whether the version in force declares a capability. */
export function declares(
  entry: RegisteredPlugin,
  { id, version, direction = 'provides' }: NonNullable<PluginQuery['capability']>,
): boolean {
  const declarations = versionInForce(entry)?.manifest[direction] ?? [];
  return declarations.some(
    (declared) => declared.capability === id && (version === undefined || declared.version === version),
  );
}

/** A schema is a program: that of an untrusted plugin could hold up whoever runs it. */
function schemaFaultOf(entry: RegisteredPlugin, config: unknown): string | undefined {
  const configSchema = versionInForce(entry)?.manifest.configSchema;
  if (!configSchema || entry.trustLevel === 'untrusted') return undefined;
  return schemaProblem(configSchema, withDefaults(configSchema, config));
}
