import { PluginError, readPluginDefinition, type Capability } from '@stellaops/plugin-abstractions';
import type { PluginManifest } from '@stellaops/plugin-abstractions/hosting';

type Declared = PluginManifest['provides'][number];

/**
 * A manifest with what the code knows better: `configSchema` from the definition that the entry module exports, and the fingerprint
 * of each declared capability that one of the modules exports. Throws `ENTRY_INVALID` when the entry exports no definition.
 */
export function completeManifest(
  manifest: PluginManifest,
  entryModule: unknown,
  contractModules: readonly object[] = [],
): PluginManifest {
  const definition = readPluginDefinition(entryModule);
  if (typeof definition === 'string') {
    throw new PluginError('ENTRY_INVALID', {
      pluginId: manifest.id,
      entry: manifest.entry,
      problem: definition,
    });
  }
  const { configSchema } = definition;
  const contracts = [entryModule, ...contractModules].flatMap(exportedCapabilities);
  const complete = (declared: Declared): Declared => {
    const contract = contracts.find(
      ({ id, version }) => id === declared.capability && version === declared.version,
    );
    return contract ? { ...declared, fingerprint: contract.fingerprint } : declared;
  };
  return {
    ...manifest,
    provides: manifest.provides.map(complete),
    ...(manifest.requires && { requires: manifest.requires.map(complete) }),
    // A copy in plain JSON: what a schema carries beyond that, such as a function of a refinement, no manifest can say.
    ...(configSchema && { configSchema: JSON.parse(JSON.stringify(configSchema)) }),
  };
}

function exportedCapabilities(module: unknown): readonly Capability[] {
  return Object.values(Object(module)).filter(isCapability);
}

function isCapability(value: unknown): value is Capability {
  const { id, version, fingerprint, methods } = Object(value);
  return (
    [typeof id, typeof version, typeof fingerprint, typeof methods].join() === 'string,number,string,object'
  );
}
