import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { startPluginHost } from '@stellaops/plugin-host';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { createPluginPackage, recordingLogger } from '../../src/index.ts';
import { Acrobat } from '../plugins/acrobat.ts';
import { bundlePlugin } from '../plugins/bundle-plugin.ts';
import { Litterer } from '../plugins/litterer.ts';
import { cyclePlugins, endings, type Ending } from './endings.ts';
import { takeInventory, type Inventory } from './inventory.ts';

/** What many lives and deaths of sandboxes came to. */
export interface CyclesResult {
  readonly before: Inventory;
  readonly after: Inventory;
  /** How often each ending was brought about. */
  readonly counts: ReadonlyMap<string, number>;
  /** Endings that were not what they had to be. */
  readonly surprises: readonly string[];
}

/** How many, and who is told. */
export interface CyclesOptions {
  readonly cycles: number;
  readonly onCycle?: (ending: string, index: number) => void;
}

/** Sandboxes that live at the same time. */
const lanes = 3;
/** Pipes close, and processes are noticed to be gone, a moment after a host has stopped. */
const settleTimeoutMs = 10_000;

/** Starts and ends sandboxes in every way, several at a time, with every processor busy; and counts what there is before and after. */
export async function runCycles({ cycles, onCycle }: CyclesOptions): Promise<CyclesResult> {
  await using stack = new AsyncDisposableStack();
  const stateDirectory = await mkdtemp(join(tmpdir(), 'stella-cycles-'));
  stack.defer(() => rm(stateDirectory, { recursive: true, force: true }));
  await chmod(stateDirectory, 0o711);
  const packages = await makePackages(stack);
  const sandbox = new ProcessSandbox();
  const live = ({ plugin, options, bringAbout }: Ending): Promise<string> =>
    liveOnce({ ...options, sandbox, stateDirectory, pluginPaths: [packages[plugin]] }, bringAbout);

  stack.use(keepProcessorsBusy());
  // What is made once for all sandboxes is made by the first.
  for (const ending of endings.slice(0, 1)) await live(ending);
  const before = await rest(stateDirectory);
  const counts = new Map<string, number>();
  const surprises: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < cycles; index = next++) {
      const ending = endings[index % endings.length];
      if (ending === undefined) return;
      onCycle?.(ending.name, index);
      const seen = await live(ending).catch((error: unknown) => String(error));
      counts.set(ending.name, (counts.get(ending.name) ?? 0) + 1);
      if (seen !== ending.expected) surprises.push(`${ending.name}: ${seen} instead of ${ending.expected}`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return { before, after: await settle(before, stateDirectory), counts, surprises };
}

async function liveOnce(
  options: Parameters<typeof startPluginHost>[0],
  bringAbout: Ending['bringAbout'],
): Promise<string> {
  await using host = await startPluginHost({ logger: recordingLogger(), ...options });
  return await bringAbout(host); // the host stays until then
}

async function makePackages(stack: AsyncDisposableStack): Promise<Record<Ending['plugin'], string>> {
  const make = async (id: string, entry: string, provides: (typeof Acrobat | typeof Litterer)[]) => {
    const made = await createPluginPackage({
      manifest: { id, provides },
      files: { 'dist/plugin.js': entry },
    });
    return stack.use(made).directory;
  };
  return {
    acrobat: await make(cyclePlugins.acrobat, await bundlePlugin('./acrobat.ts'), [Acrobat]),
    litterer: await make(cyclePlugins.litterer, await bundlePlugin('./litterer.ts'), [Litterer]),
    idler: await make(cyclePlugins.idler, 'await new Promise(() => setInterval(() => {}, 1000));', []),
  };
}

/** The counts when they have not changed for longer than a timer outlives its last call. */
async function rest(stateDirectory: string): Promise<Inventory> {
  let counts = await takeInventory(stateDirectory);
  const giveUpAt = performance.now() + settleTimeoutMs;
  for (let same = 0; same < 10 && performance.now() < giveUpAt;) {
    await delay(100);
    const now = await takeInventory(stateDirectory);
    same = isDeepStrictEqual(now, counts) ? same + 1 : 0;
    counts = now;
  }
  return counts;
}

/** The counts as soon as they are as before, or else as they are in the end. */
async function settle(before: Inventory, stateDirectory: string): Promise<Inventory> {
  const giveUpAt = performance.now() + settleTimeoutMs;
  for (;;) {
    const now = await takeInventory(stateDirectory);
    const kinds = Object.keys({ ...before, ...now });
    if (kinds.every((kind) => now[kind] === before[kind]) || performance.now() > giveUpAt) return now;
    await delay(20);
  }
}

/** It ends with its parent, also when that crashes. */
const busyLoop = 'const parent = process.ppid; while (process.ppid === parent);';

/** A busy process for each processor. */
function keepProcessorsBusy(): Disposable {
  const busy = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', busyLoop], { stdio: 'ignore' }),
  );
  return { [Symbol.dispose]: () => busy.forEach((process) => process.kill('SIGKILL')) };
}
