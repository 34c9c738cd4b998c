import { stripVTControlCharacters } from 'node:util';
import { expect, it } from '@jest/globals';
import { startPluginHost } from '@stellaops/plugin-host';
import { formatInspection } from '@stellaops/plugin-host/inspection';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { createPluginPackage, fakePlugin, recordingLogger } from '../src/index.ts';
import { Acrobat } from './plugins/acrobat.ts';
import { bundlePlugin } from './plugins/bundle-plugin.ts';

it('A look at a host shows what a sandbox uses and how it is isolated, and nothing of the kind in process', async () => {
  await using acrobat = await createPluginPackage({
    manifest: { id: 'test.acrobat', provides: [Acrobat] },
    files: { 'dist/plugin.js': await bundlePlugin('./acrobat.ts') },
  });
  await using host = await startPluginHost({
    sandbox: new ProcessSandbox(),
    logger: recordingLogger(),
    builtIn: [fakePlugin()],
    pluginPaths: [acrobat.directory],
    required: ['test.acrobat'],
  });
  const inspection = await host.inspect();
  const [builtIn, sandboxed] = inspection.plugins;
  expect(builtIn?.usage).toBeUndefined();
  // Node alone is larger than 10 MiB, and has run for longer than 10 ms.
  expect(sandboxed?.usage?.memoryBytes).toBeGreaterThan(10 * 2 ** 20);
  expect(sandboxed?.usage?.cpuMs).toBeGreaterThan(10);
  const lines = stripVTControlCharacters(formatInspection(inspection)).split('\n');
  expect(lines[2]).toMatch(/^test\.fake .* in process$/);
  expect(lines[3]).toMatch(/^test\.acrobat .* MiB .* 9\/9 bubblewrap/);
});
