/** A host with a plugin in its process whose code fails where nobody waits for it. Its argument says how; it prints what becomes of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { startUniformHost } from '@stellaops/plugin-host/testing';
import { defineCapability, definePlugin, implement, Type } from '@stellaops/plugin-sdk';
import { recordingLogger, testManifest } from '../../src/index.ts';

const [kind = ''] = process.argv.slice(2);
const Trap = defineCapability({
  id: 'Trap',
  version: 1,
  methods: {
    spring: { request: Type.String(), response: Type.Null() },
    watch: { request: Type.Null(), responseStream: Type.Integer() },
  },
});

const failures: Readonly<Record<string, () => void>> = {
  timer: () => void setTimeout(() => fail('timer'), 1),
  rejection: () => void Promise.reject(new Error('rejection')),
  later: () => void delay(1).then(() => fail('later')),
  microtask: () => queueMicrotask(() => fail('microtask')),
};

function fail(message: string): never {
  throw new Error(message);
}

const plugin = definePlugin({
  initialize: () => {
    if (kind === 'start') setTimeout(() => fail('start'), 100);
    return {
      provides: [
        implement(Trap, {
          spring: async (name) => {
            failures[name]?.();
            return null;
          },
          async *watch() {
            yield 1;
            failures['later']?.();
            yield 2;
          },
        }),
      ],
      stop: () => console.log('told to stop'),
    };
  },
});

const start = (containInProcessFailures: boolean) =>
  startUniformHost(
    {
      logger: recordingLogger(),
      containInProcessFailures,
      builtIn: [{ manifest: testManifest({ provides: [{ capability: 'Trap', version: 1 }] }), plugin }],
    },
    'trusted',
  );

const host = await start(kind !== 'off');
if (kind === 'two') await start(true);
if (kind === 'listening')
  process.on('uncaughtException', ({ message }) => {
    console.log(`the application heard ${message}`);
    process.exit(3);
  });
if (kind === 'stopped') await host.stop();
else if (kind === 'stream') for await (const _ of host.resolve(Trap).watch(null));
else
  await host
    .resolve(Trap)
    .spring(kind === 'off' ? 'timer' : kind)
    .catch(() => undefined); // it may be in flight still
if (['foreign', 'listening', 'two', 'stopped'].includes(kind)) setTimeout(() => fail('foreign'), 1);
while (host.plugins()[0]?.state === 'active') await delay(10);
const { state, error } = host.plugins()[0] ?? {};
await host.stop(); // waits for what is under way with the plugin
console.log(`${state}: ${error?.message}`);
