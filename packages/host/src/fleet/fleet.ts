import { isFleetRegistry, type PluginInstanceReport } from '@stellaops/plugin-abstractions/hosting';
import type { CompleteOptions } from '../host-options.ts';
import type { HostedPlugin } from '../lifecycle/hosted-plugin.ts';
import type { PluginChanges } from '../lifecycle/plugin-changes.ts';
import type { PluginTable } from '../lifecycle/plugin-table.ts';
import { DecisionsHere } from './decisions-here.ts';
import { DesiredStates } from './desired-states.ts';
import { inTimeCalls } from './fleet-calls.ts';
import { FleetMember } from './fleet-member.ts';
import { pause } from './pause.ts';

/** What a host in a fleet is made of. */
export interface FleetParts {
  readonly options: CompleteOptions;
  readonly table: PluginTable;
  readonly changes: PluginChanges;
}

/** A host among those that share its registry. */
export class Fleet {
  readonly #member: FleetMember;
  readonly #desired: DesiredStates;
  readonly #following = new AbortController();
  readonly #beating = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #heart: Promise<void> = Promise.resolve();

  /** `undefined` for a host whose registry is for itself alone. */
  static of({ options, table, changes }: FleetParts): Fleet | undefined {
    const { logger, hostId, timeouts } = options;
    if (!options.registry || !isFleetRegistry(options.registry)) return undefined;
    const registry = inTimeCalls(options.registry, timeouts.registryTimeoutMs);
    const common = { registry, logger, pause, options: options.fleet };
    const instances = (): readonly PluginInstanceReport[] => table.all().map(reportOf);
    const lookAgain = (pluginId: string): void => desired.look(pluginId);
    const decisions = new DecisionsHere({ registry, table, changes, options, lookAgain });
    const desired: DesiredStates = new DesiredStates({
      ...common,
      timeoutMs: timeouts.registryTimeoutMs,
      pluginIds: () => table.all().map(({ id }) => id),
      follow: (pluginIds) => decisions.follow(pluginIds),
    });
    return new Fleet(new FleetMember({ ...common, hostId, instances }), desired);
  }

  private constructor(member: FleetMember, desired: DesiredStates) {
    this.#member = member;
    this.#desired = desired;
  }

  /** Takes the place of the host. Rejects with `HOST_ID_TAKEN`. */
  async join(signal: AbortSignal): Promise<void> {
    await this.#member.join(signal);
    this.#heart = this.#member.beat(this.#beating.signal);
  }

  /** Follows what operators decide, from now on. */
  follow(): void {
    this.#work = this.#desired.run(this.#following.signal);
  }

  /** Follows no longer. */
  async rest(): Promise<void> {
    this.#following.abort();
    await this.#work;
  }

  /** Gives the place up. */
  async leave(): Promise<void> {
    this.#beating.abort();
    await this.#heart;
    await this.#member.leave();
  }
}

function reportOf({ id, admitted, state, error, stopReason }: HostedPlugin): PluginInstanceReport {
  const detail = error?.message ?? (state === 'shutdown' ? stopReason : undefined);
  return {
    pluginId: id,
    version: admitted.manifest.version,
    state,
    ...(error && { code: error.code }),
    ...(detail !== undefined && { detail }),
  };
}
