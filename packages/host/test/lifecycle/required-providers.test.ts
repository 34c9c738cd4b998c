import { describe, expect, it } from '@jest/globals';
import { defineCapability } from '@stellaops/plugin-abstractions';
import type { PluginManifest } from '@stellaops/plugin-abstractions/hosting';
import { requiredProviders } from '../../src/lifecycle/required-providers.ts';

const CanScan = defineCapability({ id: 'CanScan', version: 1, methods: {} });
const CanScan2 = defineCapability({ id: 'CanScan', version: 2, methods: {} });

function manifest(
  id: string,
  lists: { readonly provides?: readonly (typeof CanScan)[]; readonly requires?: readonly (typeof CanScan)[] },
): PluginManifest {
  const declared = ({ id: capability, version }: typeof CanScan) => ({ capability, version });
  const { provides = [], requires = [] } = lists;
  return {
    manifestVersion: 1,
    id,
    name: id,
    version: '1.0.0',
    entry: 'plugin.js',
    provides: provides.map(declared),
    requires: requires.map(declared),
  };
}

const reporter = manifest('acme.reporter', { requires: [CanScan] });
const scanner = manifest('acme.scanner', { provides: [CanScan] });
const other = manifest('acme.other', { provides: [CanScan] });
const newer = manifest('acme.newer', { provides: [CanScan2] });
const all = [newer, other, reporter, scanner];

describe('the plugins on which a plugin depends', () => {
  it('are all that provide what it requires and was granted, in their order', () => {
    const grants = [{ capability: CanScan }];
    expect(requiredProviders({ manifest: reporter, grants }, all, [])).toEqual([
      'acme.other',
      'acme.scanner',
    ]);
  });

  it('are the one that its grant names', () => {
    const grants = [{ capability: CanScan, pluginId: 'acme.scanner' }];
    expect(requiredProviders({ manifest: reporter, grants }, all, [])).toEqual(['acme.scanner']);
  });

  it('are none where nothing is granted, or only what it does not require', () => {
    expect(requiredProviders({ manifest: reporter, grants: [] }, all, [])).toEqual([]);
    const grants = [{ capability: CanScan2 }];
    expect(requiredProviders({ manifest: reporter, grants }, all, [])).toEqual([]);
  });

  it('are none where the host itself offers the capability', () => {
    const grants = [{ capability: CanScan }];
    expect(requiredProviders({ manifest: reporter, grants }, all, [{ capability: CanScan }])).toEqual([]);
  });

  it('do not hold the plugin itself', () => {
    const decorator = manifest('acme.decorator', { provides: [CanScan], requires: [CanScan] });
    const grants = [{ capability: CanScan }];
    expect(requiredProviders({ manifest: decorator, grants }, [decorator, scanner], [])).toEqual([
      'acme.scanner',
    ]);
  });
});
