import { describe, expect, it } from '@jest/globals';
import { defineCapability, implement, Type } from '@stellaops/plugin-sdk';
import { startPluginHost } from '@stellaops/plugin-host';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { fakePlugin, recordingLogger } from '../../src/index.ts';

const contract = (response: typeof Type.String | typeof Type.Number) =>
  defineCapability({
    id: 'Greeter',
    version: 1,
    methods: { greet: { request: Type.Null(), response: response() } },
  });

describe('a plugin that was built against another form of a contract', () => {
  it('is named in the audit trail and the log, once, when the host first resolves it', async () => {
    const registry = new InMemoryPluginRegistry();
    const logger = recordingLogger();
    const theirs = contract(Type.String);
    const plugin = fakePlugin({
      id: 'test.old',
      provides: [implement(theirs, { greet: async () => 'hello' })],
    });
    await using host = await startPluginHost({ builtIn: [plugin], registry, logger });

    host.resolve(theirs);
    const ours = contract(Type.Number);
    host.resolve(ours);
    host.resolve(ours);

    const events = (await registry.auditTrail({ pluginId: 'test.old' })).filter(
      ({ event }) => event === 'contract.differs',
    );
    expect(events).toMatchObject([{ capability: 'Greeter v1', version: '1.0.0', actor: expect.any(String) }]);
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });
});
