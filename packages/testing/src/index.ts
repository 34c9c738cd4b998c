export { trustLevels } from '@stellaops/plugin-abstractions';
export {
  createPluginPackage,
  type PluginPackage,
  type PluginPackageOptions,
} from './create-plugin-package.ts';
export { fakePlugin, type FakePlugin, type FakePluginOptions } from './fake-plugin.ts';
export { FakePluginRegistry } from './fake-plugin-registry.ts';
export {
  pluginCatalogueContract,
  type ContractCase,
  type OpenCatalogue,
} from '@stellaops/plugin-registry/testing';
export { recordingLogger, type LogLine, type RecordingLogger } from './recording-logger.ts';
export { testContext, type TestContext } from './test-context.ts';
export { startTestHost, type TestHostOptions } from './test-host.ts';
export { testManifest, type TestManifest } from './test-manifest.ts';
