import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FakePluginRegistry, fakePlugin, recordingLogger } from '../../src/index.ts';
import { hangFiles } from '../hang-files.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { until } from '../until.ts';
import { startHost } from './start-host.ts';

const timeouts = { journalTimeoutMs: 100, disposeTimeoutMs: 100 };

describe('a journal whose file system does not answer', () => {
  it('keeps a host from stopping no longer than the deadline, and what it was told counts as lost', async () => {
    await using folder = await temporaryFolder();
    const [registry, logger] = [new FakePluginRegistry(), recordingLogger()];
    const { path: stateDirectory } = folder;
    const host = await startHost({ registry, logger, stateDirectory, timeouts, builtIn: [fakePlugin()] });
    registry.goAway();
    {
      await using _ = await hangFiles();
      await host.stop();
    }
    expect(host.health().registry).toMatchObject({
      waiting: 0,
      unrecorded: 1,
      full: expect.stringContaining('did not answer within 100 ms (timeouts.journalTimeoutMs)'),
    });
    expect(logger.lines.map(({ message }) => message)).toContain(
      'what waits in the journal is delivered when this process has ended',
    );
    await until(async () => (await readdir(join(stateDirectory, 'journal'))).length === 1); // what was late
  });

  it('keeps a host from starting, which is told which directory it is', async () => {
    await using folder = await temporaryFolder();
    await using hung = new AsyncDisposableStack();
    /** The last that a host asks before it looks into its journal. */
    class HangingRegistry extends FakePluginRegistry {
      override async join(...given: Parameters<FakePluginRegistry['join']>) {
        const place = await super.join(...given);
        hung.use(await hangFiles());
        return place;
      }
    }
    const starting = startHost({ registry: new HangingRegistry(), stateDirectory: folder.path, timeouts });
    await expect(starting).rejects.toMatchObject({
      code: 'STATE_DIRECTORY_INVALID',
      details: { directory: folder.path, problem: expect.stringContaining('timeouts.journalTimeoutMs') },
    });
  });
});
