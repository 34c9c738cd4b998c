import { isPluginError } from '@stellaops/plugin-abstractions';
import type { PluginHost, PluginHostOptions } from '@stellaops/plugin-host';
import { Acrobat } from '../plugins/acrobat.ts';
import { Litterer } from '../plugins/litterer.ts';

/** The packages that cycles are run with. */
export const cyclePlugins = {
  acrobat: 'test.acrobat',
  litterer: 'test.litterer',
  idler: 'test.idler',
} as const;

/** One way in which the life of a sandbox ends. */
export interface Ending {
  readonly name: string;
  readonly plugin: keyof typeof cyclePlugins;
  readonly options?: PluginHostOptions;
  /** Brings it about, and resolves to how it was seen. The host is stopped afterwards. */
  readonly bringAbout: (host: PluginHost) => Promise<string>;
  /** What has to be seen. */
  readonly expected: string;
}

const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    (value) => `answered ${JSON.stringify(value)}`,
    (error: unknown) => (isPluginError(error) ? error.code : String(error)),
  );

/** Every way, in the order in which cycles take turns. */
export const endings: readonly Ending[] = [
  {
    name: 'stopped',
    plugin: 'acrobat',
    bringAbout: (host) => outcome(host.resolve(Acrobat).ping(null)),
    expected: 'answered "pong"',
  },
  {
    name: 'exits',
    plugin: 'acrobat',
    bringAbout: (host) => outcome(host.resolve(Acrobat).die('exit')),
    expected: 'SANDBOX_EXITED',
  },
  {
    name: 'leaves a daemon, stopped',
    plugin: 'litterer',
    bringAbout: (host) => outcome(host.resolve(Litterer).leave(null)),
    expected: 'answered true',
  },
  {
    name: 'killed from outside',
    plugin: 'acrobat',
    bringAbout: async (host) => {
      const call = outcome(host.resolve(Acrobat).die('wait'));
      await host.resolve(Acrobat).ping(null);
      for (const { processId } of host.plugins())
        if (processId !== undefined) process.kill(processId, 'SIGKILL');
      return call;
    },
    expected: 'SANDBOX_EXITED',
  },
  {
    name: 'takes too much memory',
    plugin: 'acrobat',
    options: { limits: { memoryLimitMiB: 96 } },
    bringAbout: (host) => outcome(host.resolve(Acrobat).die('hog')),
    expected: 'SANDBOX_LIMIT_EXCEEDED',
  },
  {
    name: 'stopped in mid-call',
    plugin: 'acrobat',
    bringAbout: async (host) => {
      const call = outcome(host.resolve(Acrobat).die('wait'));
      await host.resolve(Acrobat).ping(null);
      await host.stop();
      return call;
    },
    expected: 'PLUGIN_NOT_ACTIVE',
  },
  {
    name: 'does not start in time',
    plugin: 'idler',
    options: { timeouts: { loadTimeoutMs: 700 } },
    bringAbout: async (host) =>
      host
        .plugins()
        .map(({ error }) => error?.code)
        .join(),
    expected: 'LIFECYCLE_TIMED_OUT',
  },
  {
    name: 'leaves a daemon, exits',
    plugin: 'litterer',
    bringAbout: async (host) => {
      const left = await outcome(host.resolve(Litterer).leave(null));
      return `${left}, ${await outcome(host.resolve(Litterer).exit(null))}`;
    },
    expected: 'answered true, SANDBOX_EXITED',
  },
  {
    name: 'spins at a tenth of a core, stopped',
    plugin: 'acrobat',
    options: { limits: { cpuLimitCores: 0.1 }, timeouts: { drainTimeoutMs: 200, stopTimeoutMs: 200 } },
    bringAbout: async (host) => {
      const call = outcome(host.resolve(Acrobat).die('spin'));
      await host.stop();
      return call;
    },
    expected: 'PLUGIN_NOT_ACTIVE',
  },
  {
    name: 'gives no sign of life',
    plugin: 'acrobat',
    options: { timeouts: { heartbeatTimeoutMs: 1_000 } },
    bringAbout: (host) => outcome(host.resolve(Acrobat).die('spin')),
    expected: 'SANDBOX_UNRESPONSIVE',
  },
];
