/** Starts things, one at a time, and says how long each took: bare Node, a sandboxed plugin, and one whose sandbox waited for it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startPluginHost } from '../../../packages/host/src/index.ts';
import { ProcessSandbox } from '../../../packages/sandbox/src/index.ts';
import { createPluginPackage } from '../../../packages/testing/src/index.ts';
import { Echo } from '../plugins/echo.ts';
import { bundleFiles, makeStateDirectory } from './echo-host.ts';
import { recordsOf } from './payloads.ts';
import { serveMeasurements } from './serve.ts';

await using state = await makeStateDirectory();
await using echoPackage = await createPluginPackage({
  manifest: { id: 'bench.echo', provides: [Echo] },
  files: await bundleFiles('../plugins/echo.ts'),
});
const cold = new ProcessSandbox();
await using warm = new ProcessSandbox({ warmSlots: { count: 1 } });

await serveMeasurements({
  bareNode: async () => {
    const begin = performance.now();
    const child = spawn(process.execPath, ['-e', 'process.stdout.write(".")'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    await once(child.stdout, 'data');
    const millis = performance.now() - begin;
    await ended;
    return { millis };
  },
  first: async () => {
    await using fresh = await makeStateDirectory();
    return await startPlugin(cold, fresh.path); // before the directory goes
  },
  cold: () => startPlugin(cold, state.path),
  warm: async () => {
    await warm.warmUp();
    const figures = await startPlugin(warm, state.path);
    await warm.warmUp(); // what comes next is not to run beside it
    return figures;
  },
});

/** From spawn to active is what the host says of its plugin; the whole start reads and hashes the package besides. */
async function startPlugin(sandbox: ProcessSandbox, stateDirectory: string) {
  const begin = performance.now();
  await using host = await startPluginHost({
    sandbox,
    stateDirectory,
    pluginPaths: [echoPackage.directory],
    required: ['bench.echo'],
  });
  const hostMillis = performance.now() - begin;
  await host.resolve(Echo).json(recordsOf(100));
  const answerMillis = performance.now() - begin;
  return { millis: host.plugins()[0]?.loadDurationMs ?? Number.NaN, hostMillis, answerMillis };
}
