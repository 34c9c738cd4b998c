/** Hosts that stop on a signal, for a test that sends it: prints what happens. Its argument says what is special. */
import { startPluginHost } from '@stellaops/plugin-host';
import { definePlugin } from '@stellaops/plugin-sdk';
import { recordingLogger, testManifest } from '../../src/index.ts';

const [kind = ''] = process.argv.slice(2);
const stops: Readonly<Record<string, () => Promise<void>>> = {
  slow: () => new Promise((resolve) => setTimeout(resolve, 200)),
  hanging: () => new Promise(() => undefined),
};

/** A host with one plugin, which takes its time to stop. */
async function start(name: string): Promise<void> {
  const host = await startPluginHost({
    logger: recordingLogger(),
    stopOnSignals: kind === 'deaf' ? [] : ['SIGTERM', 'SIGINT'],
    builtIn: [
      {
        manifest: testManifest(),
        plugin: definePlugin({
          initialize: () => ({
            stop: async () => {
              console.log(`${name} is told to stop`);
              await stops[name]?.();
              console.log(`${name} has stopped`);
            },
          }),
        }),
      },
    ],
  });
  if (kind === 'stopped') await host.stop();
}

if (kind === 'listening') process.on('SIGTERM', () => console.log('the application heard it'));
await start(kind === 'hanging' ? 'hanging' : 'first');
if (kind === 'two') await start('slow');
console.log('up');
setInterval(() => undefined, 1000);
