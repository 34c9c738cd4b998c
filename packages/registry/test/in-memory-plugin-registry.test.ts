import { describe, expect, it } from '@jest/globals';
import { InMemoryPluginRegistry } from '../src/index.ts';
import { pluginCatalogueContract } from '../src/testing.ts';

describe('a registry in memory', () => {
  it.each(pluginCatalogueContract)('$name', async ({ run }) => {
    await expect(run(async () => new InMemoryPluginRegistry())).resolves.toBeUndefined();
  });
});
