import { startPluginHost, type PluginHost, type PluginHostOptions } from '@stellaops/plugin-host';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { implement, type CallOptions, type Static } from '@stellaops/plugin-sdk';
import { Clock, KeyValueStore, Secrets } from '@stellaops/plugin-sdk/services';
import {
  createPluginPackage,
  recordingLogger,
  startTestHost,
  testManifest,
  type PluginPackage,
  type TestHostOptions,
} from '../src/index.ts';
import { bundlePlugin } from './plugins/bundle-plugin.ts';
import { keepJournal } from './plugins/journal-keeper.ts';
import { plugin as visitorPlugin } from './plugins/visitor-plugin.ts';
import { Visitor } from './plugins/visitor.ts';
import { plugin as workbenchPlugin } from './plugins/workbench-plugin.ts';
import { Journal, Oracle, Workbench } from './plugins/workbench.ts';
import { workbenchId } from './workbench-host.ts';

/** Two plugins of the same code, and one that they may want to call. */
export const visitorIds = ['test.visitor', 'test.visitor-two'] as const;

const visitorManifest = (id: string) => ({
  id,
  provides: [Visitor],
  requires: [Clock, KeyValueStore, Secrets, Workbench],
});
const manifests = [
  ...visitorIds.map((id) => ({
    manifest: visitorManifest(id),
    entry: './visitor-plugin.ts',
    plugin: visitorPlugin,
  })),
  {
    manifest: { id: workbenchId, provides: [Workbench], requires: [Journal, Oracle] },
    entry: './workbench-plugin.ts',
    plugin: workbenchPlugin,
  },
];

/** What a test says of the host of the visitors. */
export type VisitorHostOptions = Pick<
  TestHostOptions,
  'services' | 'grants' | 'registry' | 'timeouts' | 'logger'
>;

/** Starts a host with the visitors and the workbench in it, as some tier. */
export type StartVisitors = (options: VisitorHostOptions) => Promise<PluginHost>;

/** In the test host. */
export function visitorsInTier(trustLevel: NonNullable<TestHostOptions['trustLevel']>): StartVisitors {
  const plugins = manifests.map(({ manifest, plugin }) => ({ manifest: testManifest(manifest), plugin }));
  return (options) => startTestHost({ ...options, plugins, trustLevel });
}

/** In processes of their own, from packages on disk. */
export function visitorsInProcesses(): {
  readonly start: StartVisitors;
  readonly remove: () => Promise<void>;
} {
  const packages = Promise.all(
    manifests.map(async ({ manifest, entry }): Promise<PluginPackage> =>
      createPluginPackage({ manifest, files: { 'dist/plugin.js': await bundlePlugin(entry) } }),
    ),
  );
  const sandbox = new ProcessSandbox();
  return {
    start: async (options) =>
      startPluginHost({
        logger: recordingLogger(),
        ...options,
        sandbox,
        pluginPaths: (await packages).map(({ directory }) => directory),
        required: manifests.map(({ manifest }) => manifest.id),
      } satisfies PluginHostOptions),
    remove: async () => {
      for (const each of await packages) await each[Symbol.asyncDispose]();
    },
  };
}

type Visit = Static<typeof Visitor.methods.visit.request>;

/** A host for one test, the journal of its workbench, and visits by the first visitor or another one. */
export async function openVisitors(start: StartVisitors, options: VisitorHostOptions = {}) {
  const journal = keepJournal();
  const oracle = implement(Oracle, { ask: async (question) => question, askAll: (questions) => questions });
  const host = await start({ ...options, services: [journal.service, oracle, ...(options.services ?? [])] });
  const visit = (request: Visit, by: string = visitorIds[0], call: CallOptions = {}) =>
    host.resolve(Visitor, { pluginId: by }).visit(request, call);
  return { host, journal, visit, [Symbol.asyncDispose]: () => host.stop() };
}
