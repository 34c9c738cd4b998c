/** A host with untrusted plugins that start at their first call: as many as its first argument says. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startPluginHost, type PluginHost } from '../../../packages/host/src/index.ts';
import { ProcessSandbox } from '../../../packages/sandbox/src/index.ts';
import { createPluginPackage } from '../../../packages/testing/src/index.ts';
import { familyOf } from '../../../packages/testing/test/processes.ts';
import { Echo } from '../plugins/echo.ts';
import { bundleFiles, makeStateDirectory } from './echo-host.ts';
import { recordsOf } from './payloads.ts';
import { serveMeasurements } from './serve.ts';

const ids = Array.from({ length: Number(process.argv[2]) }, (_, index) => `bench.echo-${index}`);
await using stack = new AsyncDisposableStack();
const { path } = stack.use(await makeStateDirectory());
const packages = join(path, 'packages');
await mkdir(packages);
const files = await bundleFiles('../plugins/echo.ts');
for (const id of ids)
  await createPluginPackage({ directory: join(packages, id), manifest: { id, provides: [Echo] }, files });
/** What made the packages. */
const before = new Set(await familyOf(process.pid));

let host: PluginHost | undefined;
await serveMeasurements({
  start: async () => {
    const begin = performance.now();
    host = stack.use(
      await startPluginHost({
        sandbox: new ProcessSandbox(),
        stateDirectory: join(path, 'state'),
        pluginPaths: [packages],
        activation: 'onFirstCall',
      }),
    );
    const millis = performance.now() - begin;
    const waiting = host.plugins().filter(({ isWaiting }) => isWaiting).length;
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    return { millis, waiting, heapKiB: heapUsed / 1024, rssKiB: rss / 1024, ...(await countProcesses()) };
  },
  firstCall: async ({ index }: { index: number }) => {
    const begin = performance.now();
    await host?.resolve(Echo, { pluginId: ids[index] ?? '' }).json(recordsOf(100));
    return { millis: performance.now() - begin, ...(await countProcesses()) };
  },
});

async function countProcesses() {
  const family = await familyOf(process.pid);
  return { processes: family.filter((each) => !before.has(each)).length };
}
