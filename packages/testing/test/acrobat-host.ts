import {
  startPluginHost,
  type PluginHost,
  type PluginHostOptions,
  type PluginStatus,
} from '@stellaops/plugin-host';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { createPluginPackage, fakePlugin, recordingLogger, type PluginPackage } from '../src/index.ts';
import { Acrobat } from './plugins/acrobat.ts';
import { bundlePlugin } from './plugins/bundle-plugin.ts';

/** The id of the plugin that dies. */
export const acrobatId = 'test.acrobat';
/** The id of a plugin beside it. */
export const otherId = 'test.other';

const sandbox = new ProcessSandbox();

/** A package with the acrobat, whose removal is for the caller. */
export async function packAcrobat(): Promise<PluginPackage> {
  return createPluginPackage({
    manifest: { id: acrobatId, provides: [Acrobat] },
    files: { 'dist/plugin.js': await bundlePlugin('./acrobat.ts') },
  });
}

/** A host with a package in a real sandbox and another plugin beside it, and what it told of them. */
export async function startBeside(directory: string, options: PluginHostOptions = {}) {
  const [registry, logger] = [new InMemoryPluginRegistry(), recordingLogger()];
  const host = await startPluginHost({
    sandbox,
    registry,
    logger,
    builtIn: [fakePlugin({ id: otherId })],
    pluginPaths: [directory],
    ...options,
    timeouts: { loadTimeoutMs: 60_000, ...options.timeouts }, // machines are busy
  });
  return {
    host,
    logger,
    lastEvent: async (pluginId: string) => (await registry.auditTrail({ pluginId })).at(-1),
    [Symbol.asyncDispose]: () => host.stop(),
  };
}

/** What the host says of one plugin. */
export function statusOf(host: PluginHost, id: string): PluginStatus {
  const found = host.plugins().find((plugin) => plugin.id === id);
  if (!found) throw new Error(`the host does not know ${id}`);
  return found;
}

/** Resolves when this plugin has failed, and the trail says so; the deadline is that of the test. */
export async function untilFailed(
  { lastEvent }: Pick<Awaited<ReturnType<typeof startBeside>>, 'lastEvent'>,
  id: string,
) {
  for (;;) {
    const event = await lastEvent(id);
    if (event?.event === 'plugin.failed') return event;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
