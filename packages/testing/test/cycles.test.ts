import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { startPluginHost } from '@stellaops/plugin-host';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { createPluginPackage, recordingLogger } from '../src/index.ts';
import { endings } from './cycles/endings.ts';
import { takeInventory } from './cycles/inventory.ts';
import { runCycles } from './cycles/run-cycles.ts';
import { bundlePlugin } from './plugins/bundle-plugin.ts';
import { Litterer } from './plugins/litterer.ts';

const kinds = [
  'processes',
  'open descriptors',
  'control groups',
  'sockets',
  'files and directories',
  ...(process.getuid?.() === 0 ? ['users of plugins'] : []),
];

it('leaves nothing behind, in whatever way sandboxes end', async () => {
  const { before, after, counts, surprises } = await runCycles({ cycles: 12 });
  expect(surprises).toEqual([]);
  expect([...counts.keys()].toSorted()).toEqual(endings.map(({ name }) => name).toSorted());
  expect(after).toEqual(before);
});

it('would notice each thing that a sandbox is made of', async () => {
  await using stack = new AsyncDisposableStack();
  const stateDirectory = await mkdtemp(join(tmpdir(), 'stella-cycles-'));
  stack.defer(() => rm(stateDirectory, { recursive: true }));
  await chmod(stateDirectory, 0o711);
  const entry = await bundlePlugin('./litterer.ts');
  const manifest = { id: 'test.litterer', provides: [Litterer] };
  const litterer = stack.use(await createPluginPackage({ manifest, files: { 'dist/plugin.js': entry } }));

  const before = await takeInventory(stateDirectory);
  const host = stack.use(
    await startPluginHost({
      stateDirectory,
      sandbox: new ProcessSandbox(),
      pluginPaths: [litterer.directory],
      logger: recordingLogger(),
      required: [manifest.id],
    }),
  );
  const started = await takeInventory(stateDirectory);
  const grown = Object.keys(started).filter((kind) => (started[kind] ?? 0) > (before[kind] ?? 0));
  expect(grown).toEqual(expect.arrayContaining([...kinds, 'handles: ProcessWrap']));
  await host.resolve(Litterer).leave(null);
  const littered = await takeInventory(stateDirectory);
  expect(littered['processes']).toBeGreaterThan(started['processes'] ?? Infinity);
});
