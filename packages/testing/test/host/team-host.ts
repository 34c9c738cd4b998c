import { defineCapability, definePlugin, implement, Type } from '@stellaops/plugin-sdk';
import type { PluginHostOptions } from '@stellaops/plugin-host';
import type { PluginSandbox, SandboxedPlugin, SandboxLaunch } from '@stellaops/plugin-abstractions/hosting';
import { InMemorySandbox } from '@stellaops/plugin-sandbox/in-memory';
import { createPluginPackage, recordingLogger } from '../../src/index.ts';
import { startHost } from './start-host.ts';

export const teamId = 'test.team';

/** Tells which instance of its plugin answers. */
export const Team = defineCapability({
  id: 'Team',
  version: 1,
  methods: {
    who: { request: Type.Null(), response: Type.Integer() },
    /** Answers when the test lets it. */
    hold: { request: Type.Null(), response: Type.Integer() },
    /** Two answers, the second when the test lets it. */
    follow: { request: Type.Null(), responseStream: Type.Integer() },
  },
});

/** What a test sees of the instances, by their number: the order in which they began to initialize. */
class TeamRecord {
  initialized = 0;
  readonly started: number[] = [];
  readonly stopped: number[] = [];
  /** The instances that have a call to hold. */
  readonly holding: number[] = [];
  /** The number of an instance that shall fail to start; 0 for none. */
  failing = 0;
  readonly #opened = Promise.withResolvers<void>();

  readonly plugin = definePlugin({
    initialize: () => {
      const number = ++this.initialized;
      const hold = async (): Promise<number> => {
        this.holding.push(number);
        await this.#opened.promise;
        return number;
      };
      const team = implement(Team, {
        who: async () => number,
        hold,
        async *follow() {
          yield number;
          yield await hold();
        },
      });
      const start = async (): Promise<void> => {
        if (number === this.failing) throw new Error('it will not start');
        this.started.push(number);
      };
      return { provides: [team], start, stop: async () => void this.stopped.push(number) };
    },
  });

  /** Lets every call go on. */
  open(): void {
    this.#opened.resolve();
  }
}

/** Knows how many of its sandboxes were launched and have not ended. */
class CountedSandbox implements PluginSandbox {
  running = 0;
  readonly #sandbox: PluginSandbox;

  constructor(sandbox: PluginSandbox) {
    this.#sandbox = sandbox;
  }

  async launch(launch: SandboxLaunch, signal: AbortSignal): Promise<SandboxedPlugin> {
    const sandboxed = await this.#sandbox.launch(launch, signal);
    this.running += 1;
    void sandboxed.ended.then(() => (this.running -= 1));
    return sandboxed;
  }
}

/** A host with one untrusted plugin that has several instances in memory. */
export async function startTeam({ failing = 0, ...options }: PluginHostOptions & { failing?: number } = {}) {
  const [record, logger] = [new TeamRecord(), recordingLogger()];
  record.failing = failing;
  const sandbox = new InMemorySandbox({ [teamId]: record.plugin });
  const folder = await createPluginPackage({
    manifest: { id: teamId, provides: [Team] },
    files: { 'dist/plugin.js': '' },
  });
  const pluginPaths = [folder.directory];
  const sandboxes = new CountedSandbox(sandbox);
  const host = await startHost({ sandbox: sandboxes, logger, pluginPaths, instances: 2, ...options });
  const dispose = async (): Promise<void> => {
    record.open();
    await host.stop();
    await folder[Symbol.asyncDispose]();
  };
  return { host, record, sandbox, sandboxes, logger, [Symbol.asyncDispose]: dispose };
}
