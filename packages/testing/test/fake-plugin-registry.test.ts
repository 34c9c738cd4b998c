import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { FakePluginRegistry, pluginCatalogueContract } from '../src/index.ts';

describe('FakePluginRegistry', () => {
  it.each(pluginCatalogueContract)('$name', async ({ run }) => {
    await expect(run(async () => new FakePluginRegistry())).resolves.toBeUndefined();
  });

  it('rejects everything while it is away, and has what was written when it is back', async () => {
    const registry = new FakePluginRegistry();
    const change = { actor: 'user:ada', hostId: 'console-1' };
    const event = { id: randomUUID(), event: 'plugin.refused', at: new Date(), ...change } as const;
    await registry.audit(event);
    registry.goAway('the disk is full');
    const calls = [registry.audit(event), registry.list(), registry.disable('test.one', change)];
    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toMatchObject({ reason: { code: 'REGISTRY_UNAVAILABLE' } });
    registry.comeBack();
    expect(await registry.auditTrail()).toMatchObject([event]);
  });
});
