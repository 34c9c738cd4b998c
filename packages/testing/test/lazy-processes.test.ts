import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { startPluginHost, type PluginHost } from '@stellaops/plugin-host';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { createPluginPackage, recordingLogger } from '../src/index.ts';
import { Acrobat } from './plugins/acrobat.ts';
import { bundlePlugin } from './plugins/bundle-plugin.ts';
import { familyOf, untilGone } from './processes.ts';

const count = 300;

describe('three hundred untrusted plugins that start at their first call', () => {
  it('cost no process until they are called, and none again when they were idle', async () => {
    const entry = await bundlePlugin('./acrobat.ts');
    await using place = await temporaryFolder();
    const folder = place.path;
    const idOf = (index: number): string => `test.p${index}`;
    for (let index = 0; index < count; index++) {
      const directory = join(folder, idOf(index));
      const manifest = { id: idOf(index), provides: [Acrobat] };
      await createPluginPackage({ directory, manifest, files: { 'dist/plugin.js': entry } });
    }
    const before = new Set(await familyOf(process.pid));
    const added = async (): Promise<number[]> =>
      (await familyOf(process.pid)).filter((member) => !before.has(member));
    await using host = await startPluginHost({
      sandbox: new ProcessSandbox(),
      logger: recordingLogger(),
      pluginPaths: [folder],
      stateDirectory: join(folder, '.state'),
      activation: 'onFirstCall',
      idleStopMs: 1000,
    });
    expect(host.resolveAll(Acrobat)).toHaveLength(count);
    await expect(added()).resolves.toEqual([]);
    const called = [idOf(7), idOf(150), idOf(299)];
    const processes = await Promise.all(
      called.map(async (pluginId) => {
        await host.whenActive(pluginId);
        return host.plugins().find(({ id }) => id === pluginId)?.processId ?? 0;
      }),
    );
    expect(processes.every((process) => process > 0)).toBe(true);
    await untilGone(processes);
    await Promise.all(called.map((id) => settled(host, id)));
    const notWaiting = host.plugins().filter(({ isWaiting }) => !isWaiting);
    expect(notWaiting).toEqual([]);
  });
});

/** Resolves when a plugin whose process is gone is in no transition any more, well or not. */
async function settled(host: PluginHost, pluginId: string): Promise<void> {
  const isSettled = (): boolean =>
    host.plugins().some(({ id, isWaiting, state }) => id === pluginId && (isWaiting || state === 'failed'));
  while (!isSettled()) await new Promise(setImmediate);
}

/** A folder through which the users of plugins may pass. */
async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'stella-lazy-'));
  await chmod(path, 0o711);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
