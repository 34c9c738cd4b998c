import { mkdtemp, chmod, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isolationAspects } from '@stellaops/plugin-abstractions/hosting';
import type { PluginHost } from '@stellaops/plugin-host';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { recordingLogger } from '../../src/index.ts';
import { puppetIds, type Action, type PuppetId } from './actions.ts';
import type { Backstage } from './backstage.ts';
import { PuppetCalls, type MadeCall } from './puppet-calls.ts';
import { Shelf } from './shelf.ts';
import { PuppetStage } from './stage.ts';
import { statusesOf } from './standings.ts';
import { Witness } from './witness.ts';

const settleTimeoutMs = 30_000;
const operator = { actor: 'user:model', hostId: 'model-console' };

/** A real host with its surroundings, to which actions are done. Disposing removes all of it. */
export class PuppetWorld implements AsyncDisposable {
  readonly backstage: Backstage;
  readonly registry = new InMemoryPluginRegistry();
  readonly witness: Witness;
  readonly calls: PuppetCalls;
  readonly #stage = new PuppetStage();
  readonly #logger = recordingLogger();
  readonly #shelf: Shelf;
  readonly stateDirectory: string;
  readonly #versions = new Map<PuppetId, string>();
  #host: PluginHost | undefined;

  /** With version 1.0.0 of each plugin on the shelf, and no host yet. */
  static async open(backstage: Backstage): Promise<PuppetWorld> {
    const stateDirectory = await mkdtemp(join(tmpdir(), 'stella-model-'));
    await chmod(stateDirectory, 0o711);
    const world = new PuppetWorld(backstage, await Shelf.make(backstage.entry), stateDirectory);
    for (const id of puppetIds) await world.#put(id, '1.0.0');
    return world;
  }

  private constructor(backstage: Backstage, shelf: Shelf, stateDirectory: string) {
    this.backstage = backstage;
    this.#shelf = shelf;
    this.stateDirectory = stateDirectory;
    this.calls = new PuppetCalls(this.#stage);
    this.witness = new Witness(this.#logger, this.registry);
  }

  /** The host that runs. Throws when none does. */
  get host(): PluginHost {
    if (!this.#host) throw new Error('no host runs');
    return this.#host;
  }

  /** Does it, and resolves when whoever was asked has answered. */
  async act(action: Exclude<Action, { readonly kind: 'call' }>): Promise<void> {
    switch (action.kind) {
      case 'start':
        return this.#start();
      case 'stop':
        await this.host.stop();
        return this.#checkStopped();
      case 'rescan':
        return this.host.rescan();
      case 'swap':
        await this.#put(action.id, action.version);
        return this.#host?.rescan();
      case 'remove':
        this.#versions.delete(action.id);
        await this.#shelf.remove(action.id);
        return this.#host?.rescan();
      case 'disable':
        return this.registry.disable(action.id, operator);
      case 'quarantine':
        return this.registry.quarantine(action.id, operator);
      case 'enable':
        return this.registry.enable(action.id, operator);
      case 'crash': {
        const { host } = this;
        const [main] = statusesOf(host, action.id);
        if (main?.state !== 'active') return;
        this.backstage.crash(main);
        return this.until(() => statusesOf(host, action.id)[0]?.since !== main.since, 'the crash is noticed');
      }
      case 'release':
        return;
    }
  }

  /** A host that was stopped is forgotten. */
  forgetHost(): void {
    this.#host = undefined;
  }

  /** Resolves when a plugin works at a call that is held, or the call has ended. */
  async untilHeld(call: MadeCall): Promise<void> {
    await this.until(
      () => call.settled !== undefined || this.#stage.isWaiting(call.name),
      `${call.name} is held`,
    );
  }

  /** Lets those calls go on that are held, and resolves when all have ended. Rejects with what no call may come to. */
  async untilEnded(calls: readonly MadeCall[]): Promise<void> {
    const ended = Promise.all(calls.map(({ outcome }) => outcome));
    const areAll = (): boolean => {
      for (const { name, kind } of calls) if (kind === 'hold') this.#stage.release(name);
      return calls.every(({ settled }) => settled);
    };
    const names = calls.map(({ name }) => name).join(', ');
    await Promise.race([this.until(areAll, `the end of ${names}`), ended]);
    await ended;
  }

  /** Waits for what comes by itself. */
  async until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const giveUpAt = performance.now() + settleTimeoutMs;
    for (let turn = 0; !(await holds()); turn++) {
      if (performance.now() > giveUpAt) throw new Error(`this did not come: ${what}`);
      await (turn < 20 ? new Promise(setImmediate) : delay(1));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host?.stop();
    await this.witness[Symbol.asyncDispose]();
    await this.#shelf[Symbol.asyncDispose]();
    await rm(this.stateDirectory, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const { idleStopMs, drainTimeoutMs, isReal } = this.backstage;
    this.#host = await this.backstage.start(
      {
        registry: this.registry,
        logger: this.#logger,
        stateDirectory: this.stateDirectory,
        hostId: 'model',
        pluginPaths: [this.#shelf.path],
        services: [this.#stage.service],
        fleet: { reconcileIntervalMs: 3_600_000 },
        // A machine under load starts sandboxes slowly, and that is not what the model is about.
        timeouts: { drainTimeoutMs, loadTimeoutMs: settleTimeoutMs, heartbeatTimeoutMs: settleTimeoutMs },
        waivedIsolation: isReal ? [] : isolationAspects,
        perPlugin: {
          'model.restarted': { restart: { firstDelayMs: 1, longestDelayMs: 1, maxRestarts: 1_000_000 } },
          'model.lazy': { activation: 'onFirstCall', idleStopMs },
        },
      },
      this.#versions,
    );
  }

  async #put(id: PuppetId, version: string): Promise<void> {
    this.#versions.set(id, version);
    await this.#shelf.put(id, version, this.backstage.privateKey);
  }

  async #checkStopped(): Promise<void> {
    const left = (await readdir(this.stateDirectory)).filter((name) => name.startsWith('host.'));
    if (left.length > 0) throw new Error(`the host left ${left.join(', ')}`);
  }
}
