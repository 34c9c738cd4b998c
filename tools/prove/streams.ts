import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CapabilityApi } from '../../packages/abstractions/src/index.ts';
import { startPluginHost } from '../../packages/host/src/index.ts';
import { ProcessSandbox } from '../../packages/sandbox/src/index.ts';
import { createPluginPackage, recordingLogger } from '../../packages/testing/src/index.ts';
import { bundlePlugin } from '../../packages/testing/test/plugins/bundle-plugin.ts';
import type { Finding, Proof } from './finding.ts';
import { watchGroup } from './group-counters.ts';
import { Pump } from './plugins/pump.ts';
import { ProveError } from './prove-error.ts';

const mebibyte = 1024 * 1024;
const chunkBytes = 64 * 1024;
const streamMiB = 1024;
const chunks = (streamMiB * mebibyte) / chunkBytes;
/** What the host may take beside what it had: queues, windows, and what waits to be collected. */
const maxHostGrowthMiB = 192;
/** The default memory limit of a sandbox, beyond which the kernel would end it. */
const maxSandboxMiB = 256;
const pluginId = 'prove.pump';

/** A GiB passes either way, through a real host and a real sandbox, and neither end keeps it. */
export const proveStreams: Proof = async (progress) => {
  await using stack = new AsyncDisposableStack();
  const entry = await bundlePlugin(new URL('./plugins/pump.ts', import.meta.url).href);
  const stateDirectory = await mkdtemp(join(tmpdir(), 'stella-prove-state-'));
  stack.defer(() => rm(stateDirectory, { recursive: true, force: true }));
  await chmod(stateDirectory, 0o711);
  const manifest = { id: pluginId, provides: [Pump] };
  const made = stack.use(await createPluginPackage({ manifest, files: { 'dist/plugin.js': entry } }));
  const host = await startPluginHost({
    sandbox: new ProcessSandbox(),
    stateDirectory,
    pluginPaths: [made.directory],
    logger: recordingLogger(),
  });
  stack.use(host);
  const status = host.plugins().find(({ id }) => id === pluginId);
  if (status?.processId === undefined)
    throw new ProveError(`the sandbox does not start: ${status?.error?.message ?? 'no reason was given'}`);
  const group = watchGroup(status.processId);
  const pump = host.resolve(Pump);

  const findings: Finding[] = [];
  for (const [name, run] of [
    ['plugin to host', receive],
    ['host to plugin', send],
  ] as const) {
    const before = process.memoryUsage().rss;
    let peak = before;
    const startedAt = performance.now();
    const bytes = await run(pump, (moved) => {
      peak = Math.max(peak, process.memoryUsage.rss());
      progress(name, moved / chunks);
    });
    const seconds = (performance.now() - startedAt) / 1000;
    const growthMiB = Math.round((peak - before) / mebibyte);
    const sandboxMiB = Math.round(group.readCounters()?.peakMemoryMiB ?? Infinity);
    findings.push(
      {
        what: name,
        bound: `${streamMiB} MiB arrive`,
        measured: `${bytes / mebibyte} MiB in ${seconds.toFixed(1)} s`,
        holds: bytes === streamMiB * mebibyte,
      },
      {
        what: `${name}: memory of the host`,
        bound: `grows by ${maxHostGrowthMiB} MiB at most`,
        measured: `${growthMiB} MiB`,
        holds: growthMiB <= maxHostGrowthMiB,
      },
      {
        what: `${name}: memory of the sandbox`,
        bound: `below ${maxSandboxMiB} MiB`,
        measured: `${sandboxMiB} MiB at its peak`,
        holds: sandboxMiB < maxSandboxMiB,
      },
    );
  }
  return findings;
};

type Moved = (chunks: number) => void;

async function receive(pump: CapabilityApi<typeof Pump.methods>, moved: Moved): Promise<number> {
  let [bytes, count] = [0, 0];
  for await (const { byteLength } of pump.send({ chunks, chunkBytes })) {
    bytes += byteLength;
    if (++count % 256 === 0) moved(count);
  }
  return bytes;
}

function send(pump: CapabilityApi<typeof Pump.methods>, moved: Moved): Promise<number> {
  async function* all(): AsyncGenerator<Uint8Array> {
    const chunk = new Uint8Array(chunkBytes);
    for (let count = 0; count < chunks; count++) {
      if (count % 256 === 0) moved(count);
      yield chunk;
    }
  }
  return pump.take(all(), { timeoutMs: 600_000 });
}
