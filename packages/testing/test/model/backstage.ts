import type { PluginStatus } from '@stellaops/plugin-host';
import {
  startPluginHost,
  trustSigners,
  type PluginHost,
  type PluginHostOptions,
} from '@stellaops/plugin-host';
import { startUniformHost } from '@stellaops/plugin-host/testing';
import type { PluginSandbox, SandboxLaunch } from '@stellaops/plugin-abstractions/hosting';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createSigningKey } from '@stellaops/plugin-sdk/packaging';
import { testManifest } from '../../src/index.ts';
import type { PuppetId } from './actions.ts';
import { Puppet, Stage } from './plugins/puppet.ts';
import { plugin } from './plugins/puppet-plugin.ts';
import { puppetEntry } from './shelf.ts';

/** Where the plugins run: the three tiers of a test host, and real sandboxes. */
export const modelTiers = ['builtIn', 'trusted', 'untrusted', 'process'] as const;
/** One of them. */
export type ModelTier = (typeof modelTiers)[number];

/** What a tier can do, and how its hosts are made. */
export interface Backstage {
  /** Whether a re-scan finds new versions. Linked plugins are there from the start of a host to its end. */
  readonly canRescan: boolean;
  readonly canCrash: boolean;
  /** Whether there are real sandboxes, which isolate, and could leave something behind. */
  readonly isReal: boolean;
  /** How long the lazy plugin waits for calls. */
  readonly idleStopMs: number;
  /** How long calls in flight may take to end. */
  readonly drainTimeoutMs: number;
  /** What the packages run. */
  readonly entry?: string;
  /** With what they are signed. */
  readonly privateKey?: string;
  /** `linked` are the versions on the shelf, for a tier that does not read it. */
  start(options: PluginHostOptions, linked: ReadonlyMap<PuppetId, string>): Promise<PluginHost>;
  /** Ends the instance that has this status, as its death would. */
  crash(status: PluginStatus): void;
}

const inMemory = { idleStopMs: 3, drainTimeoutMs: 3, isReal: false };
const cannotCrash = (): never => {
  throw new Error('nothing in this tier can crash alone');
};

/** The code of signed packages: the definition that is linked into these tests, so that no version is new code. */
const definitionName = 'stella-plugin-model-puppet';
const linkedEntry = `export const plugin = globalThis['${definitionName}'];`;

/** What there is behind a tier. */
export async function openBackstage(tier: ModelTier): Promise<Backstage> {
  switch (tier) {
    case 'builtIn':
      return {
        ...inMemory,
        canRescan: false,
        canCrash: false,
        crash: cannotCrash,
        start: (options, linked) =>
          startUniformHost({ ...options, pluginPaths: [], builtIn: Array.from(linked, link) }, 'builtIn'),
      };
    case 'trusted':
      return openTrusted();
    case 'untrusted': {
      const sandbox = new CrashableSandbox();
      return {
        ...inMemory,
        canRescan: true,
        canCrash: true,
        crash: ({ id = '', version = '' }) => sandbox.crash(id, version),
        start: (options) => startUniformHost({ ...options, sandbox }, 'builtIn'),
      };
    }
    case 'process':
      return {
        idleStopMs: 50,
        drainTimeoutMs: 50,
        isReal: true,
        canRescan: true,
        canCrash: true,
        entry: await puppetEntry(),
        crash: ({ processId }) => void (processId !== undefined && process.kill(processId, 'SIGKILL')),
        start: (options) => startPluginHost({ ...options, sandbox: new ProcessSandbox() }),
      };
  }
}

function openTrusted(): Backstage {
  const key = createSigningKey();
  Object.assign(globalThis, { [definitionName]: plugin });
  return {
    ...inMemory,
    canRescan: true,
    canCrash: false,
    entry: linkedEntry,
    privateKey: key.privateKey,
    crash: cannotCrash,
    start: (options) =>
      startUniformHost({ ...options, trust: trustSigners({ model: key.publicKey }) }, 'builtIn'),
  };
}

function link([id, version]: readonly [PuppetId, string]) {
  return { manifest: testManifest({ id, version, provides: [Puppet], requires: [Stage] }), plugin };
}

/** A sandbox in memory for each instance, which can be told from the others of its plugin. */
class CrashableSandbox implements PluginSandbox {
  readonly #running = new Map<string, () => void>();

  launch(launch: SandboxLaunch, signal: AbortSignal) {
    const { id, version } = launch.descriptor.info;
    const sandbox = new InMemorySandbox({ [id]: plugin });
    this.#running.set(`${id} ${version}`, () => sandbox.crash(id));
    return sandbox.launch(launch, signal);
  }

  crash(pluginId: string, version: string): void {
    this.#running.get(`${pluginId} ${version}`)?.();
  }
}
