import type { CapabilityIdentity } from '@stellaops/plugin-abstractions';
import type { PluginManifest } from '@stellaops/plugin-abstractions/hosting';
import { grantOf, type CapabilityGrant } from '../dispatch/capability-grant.ts';

/** What decides on whom a plugin depends. */
export interface Dependent {
  readonly manifest: PluginManifest;
  /** What the operator grants to this plugin. */
  readonly grants: readonly CapabilityGrant[];
}

/**
 * The ids of the plugins that a plugin may call, in the order of `plugins`, itself left out: those that provide what it requires, which
 * is no service of the host, and was granted to it; where the grant names one, that one alone. Plugins may depend on each other in a circle.
 */
export function requiredProviders(
  { manifest, grants }: Dependent,
  plugins: readonly PluginManifest[],
  services: readonly { readonly capability: CapabilityIdentity }[],
): readonly string[] {
  const granted = (manifest.requires ?? [])
    .map(({ capability, version }) => ({ id: capability, version }))
    .filter((required) => !services.some(({ capability }) => isSame(capability, required)))
    .map((required) => grantOf(grants, required))
    .filter((grant) => grant !== undefined);
  return plugins
    .filter(({ id }) => id !== manifest.id)
    .filter((plugin) => granted.some((grant) => answers(plugin, grant)))
    .map(({ id }) => id);
}

function answers({ id, provides }: PluginManifest, { capability, pluginId }: CapabilityGrant): boolean {
  return (
    (pluginId === undefined || pluginId === id) &&
    provides.some((declared) => isSame({ id: declared.capability, version: declared.version }, capability))
  );
}

function isSame(one: CapabilityIdentity, other: CapabilityIdentity): boolean {
  return one.id === other.id && one.version === other.version;
}
