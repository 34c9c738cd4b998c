import { afterAll } from '@jest/globals';
import { startPluginHost } from '@stellaops/plugin-host';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { createPluginPackage, recordingLogger } from '../src/index.ts';
import { bundlePlugin } from './plugins/bundle-plugin.ts';
import { Journal, Oracle, Workbench } from './plugins/workbench.ts';
import { describeTier } from './tier-contract.ts';
import { workbenchId } from './workbench-host.ts';

const sandbox = new ProcessSandbox();
const workbench = bundlePlugin('./workbench-plugin.ts').then((entry) =>
  createPluginPackage({
    manifest: { id: workbenchId, provides: [Workbench], requires: [Journal, Oracle] },
    files: { 'dist/plugin.js': entry },
  }),
);
afterAll(async () => (await workbench)[Symbol.asyncDispose]());

describeTier('a package on disk in ProcessSandbox', async (options) => {
  const { directory } = await workbench;
  return startPluginHost({
    logger: recordingLogger(),
    ...options,
    sandbox,
    pluginPaths: [directory],
    required: [workbenchId],
  });
});
