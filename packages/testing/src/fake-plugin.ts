import type { Capability, Implementation } from '@stellaops/plugin-abstractions';
import type { PluginManifest } from '@stellaops/plugin-abstractions/hosting';
import type { BuiltInPlugin } from '@stellaops/plugin-host';
import { definePlugin } from '@stellaops/plugin-sdk';
import { testManifest, type TestManifest } from './test-manifest.ts';

type Step = 'initialize' | 'start' | 'stop';

/** How a fake plugin shall behave. */
export interface FakePluginOptions {
  readonly id?: string;
  readonly provides?: readonly Implementation[];
  readonly requires?: readonly Capability[];
  /** What a step throws. */
  readonly fails?: { readonly [Name in Step]?: unknown };
  /** Steps that never end. */
  readonly hangs?: readonly Step[];
  /** More of the manifest. */
  readonly manifest?: TestManifest;
}

/** A plugin with its manifest, and a record of what was done with it. */
export interface FakePlugin extends BuiltInPlugin {
  readonly manifest: PluginManifest;
  /** The steps of its lifecycle, in the order in which they began. */
  readonly steps: readonly Step[];
}

/** A plugin that does as it is told, for tests of what hosts it. */
export function fakePlugin({
  id = 'test.fake',
  provides = [],
  requires = [],
  fails = {},
  hangs = [],
  manifest = {},
}: FakePluginOptions = {}): FakePlugin {
  const steps: Step[] = [];
  const step = async (name: Step): Promise<void> => {
    steps.push(name);
    if (hangs.includes(name)) await new Promise(() => undefined);
    if (name in fails) throw fails[name];
  };
  return {
    steps,
    manifest: testManifest({
      id,
      provides: provides.map(({ capability }) => capability),
      requires,
      ...manifest,
    }),
    plugin: definePlugin({
      initialize: async () => {
        await step('initialize');
        return { provides, start: () => step('start'), stop: () => step('stop') };
      },
    }),
  };
}
