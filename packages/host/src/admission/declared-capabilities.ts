import type { CapabilityDeclaration, PluginCapabilities } from '@stellaops/plugin-abstractions';
import type { PluginManifest } from '@stellaops/plugin-abstractions/hosting';

type Declared = PluginManifest['provides'][number];

/** What a manifest declares, in the words of the contract. */
export function declaredCapabilities({ provides, requires = [] }: PluginManifest): PluginCapabilities {
  return { provides: provides.map(declaration), requires: requires.map(declaration) };
}

function declaration({ capability, version, parameters, fingerprint }: Declared): CapabilityDeclaration {
  return {
    id: capability,
    version,
    ...(parameters !== undefined && { parameters }),
    ...(fingerprint !== undefined && { fingerprint }),
  };
}
