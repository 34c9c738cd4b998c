import { isPluginError, type Logger } from '@stellaops/plugin-abstractions';
import type {
  FleetHost,
  FleetMembership,
  PluginInstanceReport,
} from '@stellaops/plugin-abstractions/hosting';
import type { FleetCalls } from './fleet-calls.ts';
import type { FleetOptions } from './fleet-options.ts';
import { isKnownGone, ownProcess } from './own-process.ts';
import type { Pause } from './pause.ts';

/** What a member of a fleet is made of. */
export interface MemberParts {
  readonly registry: FleetCalls;
  readonly hostId: string;
  readonly options: FleetOptions;
  readonly logger: Logger;
  readonly pause: Pause;
  /** How the plugins of the host stand now. */
  readonly instances: () => readonly PluginInstanceReport[];
}

/** The place of a host in the fleet of its registry: it takes it, says that it is alive, and gives it up. */
export class FleetMember {
  readonly #parts: MemberParts;
  #membership: FleetMembership | undefined;
  /** Why the last word did not get through: the registry may have missed others. */
  #problem: string | undefined;

  constructor(parts: MemberParts) {
    this.#parts = parts;
  }

  /**
   * Takes the place. Rejects with `HOST_ID_TAKEN` when another host of this id is alive: one that died just now is waited for until
   * it counts as lost. Where the registry is away, the place is taken later.
   */
  async join(signal: AbortSignal): Promise<void> {
    try {
      this.#membership = await this.#enter().catch((error: unknown) => this.#outlive(error, signal));
    } catch (error) {
      if (!isPluginError(error, 'REGISTRY_UNAVAILABLE')) throw error;
      this.#missed(error);
    }
  }

  /** Gives heartbeats until the signal aborts, and takes the place again when it is gone. Never rejects. */
  async beat(signal: AbortSignal): Promise<void> {
    const { pause, options } = this.#parts;
    await pause(options.heartbeatIntervalMs, signal);
    while (!signal.aborted) {
      await this.#sayAlive().catch((error: unknown) => this.#missed(error));
      await pause(options.heartbeatIntervalMs, signal);
    }
  }

  /** Gives the place up. Never rejects. */
  async leave(): Promise<void> {
    await this.#membership?.leave().catch((error: unknown) => this.#missed(error));
  }

  async #sayAlive(): Promise<void> {
    const isThere = (await this.#membership?.heartbeat()) ?? false;
    if (isThere && this.#problem === undefined) return;
    if (!isThere) this.#membership = await this.#enter();
    await this.#report();
    this.#parts.logger.info({}, 'the host has its place in the fleet again');
    this.#problem = undefined;
  }

  /** What changes while it is being said is said again. */
  async #report(): Promise<void> {
    let said = '';
    for (;;) {
      const instances = this.#parts.instances();
      const now = JSON.stringify(instances);
      if (now === said) return;
      await this.#membership?.report(instances);
      said = now;
    }
  }

  async #enter(replaces?: string): Promise<FleetMembership> {
    const { registry, hostId, options } = this.#parts;
    const { lostAfterMs } = options;
    const announcement = { hostId, lostAfterMs, ...(await ownProcess()) };
    return registry.join(replaces === undefined ? announcement : { ...announcement, replaces });
  }

  /** A host that was killed looks alive until it has given no heartbeat for long enough; one that gives another is alive. */
  async #outlive(taken: unknown, signal: AbortSignal): Promise<FleetMembership> {
    if (!isPluginError(taken, 'HOST_ID_TAKEN')) throw taken;
    const { pause, options, logger } = this.#parts;
    const first = await this.#holder();
    if (!first) return this.#enter();
    if (await isKnownGone(first)) return this.#enter(first.incarnation);
    logger.warn({ hostId: first.hostId }, 'another host has this id: this one waits to see if it is alive');
    const stepMs = options.heartbeatIntervalMs / 5;
    for (let waitedMs = 0; waitedMs <= options.lostAfterMs; waitedMs += stepMs) {
      await pause(stepMs, signal);
      if (signal.aborted) break;
      const now = await this.#holder();
      if (!now || now.state === 'lost') return this.#enter();
      const isAlive = now.lastHeartbeatAt.getTime() !== first.lastHeartbeatAt.getTime();
      if (isAlive || now.incarnation !== first.incarnation) break;
    }
    throw taken;
  }

  async #holder(): Promise<FleetHost | undefined> {
    const [holder] = await this.#parts.registry.hosts(this.#parts.hostId);
    return holder;
  }

  /** One line for all that fails alike. */
  #missed(error: unknown): void {
    const problem = isPluginError(error) ? error.code : String(error);
    if (this.#problem !== problem)
      this.#parts.logger.error({ err: error }, 'the host cannot say in the fleet how it is; it tries again');
    this.#problem = problem;
  }
}
