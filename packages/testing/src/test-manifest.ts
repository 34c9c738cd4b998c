import type { Capability } from '@stellaops/plugin-abstractions';
import { parseManifest, type PluginManifest } from '@stellaops/plugin-abstractions/hosting';

/** What a test wants to say of a manifest: contracts may stand for their declarations. */
export interface TestManifest extends Omit<Partial<PluginManifest>, 'provides' | 'requires'> {
  readonly provides?: readonly (Capability | PluginManifest['provides'][number])[];
  readonly requires?: readonly (Capability | PluginManifest['provides'][number])[];
}

/** A valid manifest, of which a test says only what matters to it. Throws `MANIFEST_INVALID` for what a host would refuse. */
export function testManifest({ provides = [], requires = [], ...rest }: TestManifest = {}): PluginManifest {
  const manifest = {
    manifestVersion: 1,
    id: 'test.plugin',
    name: 'Test plugin',
    version: '1.0.0',
    entry: 'dist/plugin.js',
    ...rest,
    provides: provides.map(declaration),
    ...(requires.length > 0 && { requires: requires.map(declaration) }),
  };
  return parseManifest(manifest, 'testManifest()');
}

function declaration(
  given: Capability | PluginManifest['provides'][number],
): PluginManifest['provides'][number] {
  return 'methods' in given
    ? { capability: given.id, version: given.version, fingerprint: given.fingerprint }
    : given;
}
