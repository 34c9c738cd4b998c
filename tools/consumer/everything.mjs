// Who installs every package, and builds nothing: a plugin whose package brings along what it imports, tested in every tier, then
// run from disk in a process of its own.
import assert from 'node:assert/strict';
import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPluginHost } from '@stellaops/plugin-host';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { createPluginPackage, startTestHost, trustLevels } from '@stellaops/plugin-testing';

const source = `
import { defineCapability, definePlugin, implement, Type } from '@stellaops/plugin-sdk';

export const Greeter = defineCapability({
  id: 'Greeter',
  version: 1,
  methods: { greet: { request: Type.Object({ name: Type.String() }), response: Type.String() } },
});

export const plugin = definePlugin({
  initialize: () => ({ provides: [implement(Greeter, { greet: async ({ name }) => 'Hello, ' + name + '!' })] }),
});
`;
await writeFile('plugin.mjs', source);
const { Greeter, plugin } = await import(join(process.cwd(), 'plugin.mjs'));
const provides = [{ capability: 'Greeter', version: 1 }];
const manifest = {
  manifestVersion: 1,
  id: 'consumer.greeter',
  name: 'Greeter',
  version: '1.0.0',
  entry: 'plugin.js',
  provides,
};

for (const trustLevel of trustLevels) {
  const host = await startTestHost({ plugins: [{ manifest, plugin }], trustLevel });
  assert.equal(await host.resolve(Greeter).greet({ name: trustLevel }), `Hello, ${trustLevel}!`);
  await host.stop();
}

const { directory } = await createPluginPackage({ manifest, files: { 'plugin.js': source } });
const imported = ['@stellaops/plugin-abstractions', '@stellaops/plugin-sdk', 'typebox'];
for (const name of imported)
  await cp(`node_modules/${name}`, join(directory, 'node_modules', name), { recursive: true });
assert((await readdir(directory)).includes('node_modules'));

const registry = new InMemoryPluginRegistry();
const host = await startPluginHost({
  pluginPaths: [directory],
  sandbox: new ProcessSandbox(),
  registry,
  required: [manifest.id],
});
try {
  const [{ trustLevel, processId }] = host.plugins();
  assert.equal(trustLevel, 'untrusted');
  assert.notEqual(processId, undefined);
  assert.equal(await host.resolve(Greeter).greet({ name: 'Ada' }), 'Hello, Ada!');
} finally {
  await host.stop();
}
const events = (await registry.auditTrail({ pluginId: manifest.id })).map(({ event }) => event);
assert.deepEqual(events, ['plugin.registered', 'plugin.admitted', 'plugin.activated', 'plugin.shutdown']);
