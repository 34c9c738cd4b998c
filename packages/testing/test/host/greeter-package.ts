import { bundlePlugin } from '../plugins/bundle-plugin.ts';
import {
  createPluginPackage,
  type PluginPackage,
  type PluginPackageOptions,
  type TestManifest,
} from '../../src/index.ts';
import { Greeter } from './plugins/greeter.ts';

let entry: Promise<string> | undefined;

/** The manifest of a package that greets. */
const greeterManifest: TestManifest = { id: 'test.greeter', provides: [Greeter] };

/** A package on disk with a real plugin in it, self-contained as an author's build makes it. */
export async function greeterPackage(options: PluginPackageOptions = {}): Promise<PluginPackage> {
  entry ??= bundlePlugin('../host/plugins/greeter-plugin.ts');
  const files = { 'dist/plugin.js': await entry, ...options.files };
  return createPluginPackage({ manifest: greeterManifest, ...options, files });
}
