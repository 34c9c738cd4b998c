/** A host that is stopped while calls and streams wait, for a test that waits for the end of its process. Argument: the tier. */
import { definePlugin, defineCapability, implement, Type } from '@stellaops/plugin-sdk';
import type { PluginTrustLevel } from '@stellaops/plugin-abstractions';
import { startTestHost, testManifest } from '../../src/index.ts';

const [trustLevel] = process.argv.slice(2) as [PluginTrustLevel];
/** Longer than any test. */
const timeoutMs = 2 ** 31 - 1;
const wait = { request: Type.Null(), response: Type.Null() };
const flow = { request: Type.Null(), responseStream: Type.Null() };
const Gate = defineCapability({ id: 'Gate', version: 1, methods: { wait, flow } });
const Sleeper = defineCapability({ id: 'Sleeper', version: 1, methods: { wait, flow } });

const never = new Promise<never>(() => undefined);
const gate = implement(Gate, {
  wait: () => never,
  async *flow() {
    yield null;
    await never;
  },
});
const plugin = definePlugin({
  initialize: ({ resolve }) => {
    const { wait: waitThere, flow: flowThere } = resolve(Gate);
    const leave = (): void => void waitThere(null).catch(() => undefined);
    return {
      provides: [implement(Sleeper, { wait: () => waitThere(null), flow: () => flowThere(null) })],
      stop: () => {
        leave(); // while it stops,
        setImmediate(() => setImmediate(leave)); // and when it has
      },
    };
  },
});

const host = await startTestHost({
  trustLevel,
  services: [gate],
  plugins: [{ manifest: testManifest({ provides: [Sleeper], requires: [Gate] }), plugin }],
  timeouts: { callTimeoutMs: timeoutMs, drainTimeoutMs: 20 },
});
const sleeper = host.resolve(Sleeper);
const waiting = sleeper.wait(null).catch((error: unknown) => error);
const items = sleeper.flow(null)[Symbol.asyncIterator]();
await items.next();
const next = items.next().catch((error: unknown) => error);
await host.stop();
await Promise.all([waiting, next]);
console.log('stopped');
