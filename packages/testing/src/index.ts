export { trustLevels } from '@stellaops/plugin-abstractions';
export { silentLogger } from './silent-logger.ts';
export { startTestHost, type TestHostOptions } from './test-host.ts';
export { testManifest, type TestManifest } from './test-manifest.ts';
