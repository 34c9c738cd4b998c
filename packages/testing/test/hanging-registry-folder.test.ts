import { readdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { PostgresPluginRegistry } from '@stellaops/plugin-registry/postgres';
import { hangFiles } from './hang-files.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

describe('the folder of an embedded registry whose file system does not answer', () => {
  it('is given up in time, and released when it is open after all', async () => {
    await using folder = await temporaryFolder();
    const { path: dataDirectory } = folder;
    await (await PostgresPluginRegistry.open({ dataDirectory }))[Symbol.asyncDispose]();
    {
      await using _ = await hangFiles();
      await expect(PostgresPluginRegistry.open({ dataDirectory, openTimeoutMs: 100 })).rejects.toMatchObject({
        code: 'REGISTRY_UNAVAILABLE',
        details: { problem: `the folder ${dataDirectory} was not opened within its time` },
      });
    }
    const claims = async (): Promise<number> =>
      (await readdir(dataDirectory)).filter((name) => name.startsWith('open.')).length;
    await until(async () => (await claims()) === 1);
    await until(async () => (await claims()) === 0);
    await using registry = await PostgresPluginRegistry.open({ dataDirectory });
    await expect(registry.list()).resolves.toEqual([]);
  });
});
