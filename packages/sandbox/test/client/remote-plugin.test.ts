import { describe, expect, it } from '@jest/globals';
import { RemotePlugin } from '../../src/client/remote-plugin.ts';
import { Secrets } from '../../src/client/secrets.ts';
import type { HostFrame } from '../../src/wire/connection.ts';
import { keepLog } from './keep-log.ts';
import { hello, meet } from './meet-runner.ts';
import { sandboxLaunch } from './sandbox-launch.ts';

const { logger } = keepLog();
const launch = sandboxLaunch(logger);
const signal = AbortSignal.any([]);
const context = {
  info: launch.descriptor.info,
  config: {},
  logger,
  signal,
  resolve: () => {
    throw new TypeError('it resolves nothing');
  },
};

/** A plugin in a sandbox whose runner knows these features and was greeted. */
async function meetPlugin(features: string[]) {
  const runner = meet();
  runner.say({ $case: 'hello', value: { ...hello, features } });
  await runner.heard();
  const plugin = new RemotePlugin(launch, runner.session, new Secrets([]));
  const asked = async (): Promise<string | undefined> => stepOf(await runner.heard());
  const end = (id: number): void => runner.say({ $case: 'controlDone', value: { id, failure: undefined } });
  return { plugin, asked, end };
}

function stepOf(frame: HostFrame | undefined): string | undefined {
  return frame?.$case === 'control' ? frame.value.step?.$case : undefined;
}

describe('the start of a plugin in a sandbox', () => {
  it('is asked for behind its initialization, where the runner takes steps in their order', async () => {
    const { plugin, asked, end } = await meetPlugin(['ordered-steps']);
    const initialized = plugin.initialize(context);
    expect([await asked(), await asked()]).toEqual(['initialize', 'start']);
    end(1);
    await initialized;
    end(2);
    await plugin.start();
  });

  it('is asked for when the host starts it, where the runner does not', async () => {
    const { plugin, asked, end } = await meetPlugin([]);
    const initialized = plugin.initialize(context);
    expect(await asked()).toBe('initialize');
    end(1);
    await initialized;
    const started = plugin.start();
    expect(await asked()).toBe('start');
    end(2);
    await started;
  });
});
