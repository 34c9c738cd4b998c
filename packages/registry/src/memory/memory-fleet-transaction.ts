import type {
  FleetInstance,
  LifecycleState,
  PluginInstanceReport,
  RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import type { FleetTransaction, HostPlace, KnownHost, NewHost } from '../catalogue/fleet-store.ts';
import type { MapDraft } from './map-draft.ts';
import {
  instancesOn,
  isActiveOnLive,
  knownHost,
  lostForMs,
  type MemoryFleet,
  type MemoryHost,
  type MemoryInstances,
} from './memory-fleet.ts';

/** A fleet with changes that are not made yet. */
export interface FleetDraft extends MemoryFleet {
  readonly hosts: MapDraft<MemoryHost>;
  readonly instances: MapDraft<MemoryInstances>;
}

/** Changes the hosts of a fleet, and the statuses of `plugins`. */
export class MemoryFleetTransaction implements FleetTransaction {
  readonly #fleet: FleetDraft;
  readonly #plugins: MapDraft<RegisteredPlugin>;

  constructor(fleet: FleetDraft, plugins: MapDraft<RegisteredPlugin>) {
    this.#fleet = fleet;
    this.#plugins = plugins;
  }

  async findHost(hostId: string): Promise<KnownHost | undefined> {
    const host = this.#fleet.hosts.get(hostId);
    return host && knownHost(host);
  }

  async findForgotten(longerThanMs: number): Promise<readonly string[]> {
    return [...this.#fleet.hosts.entries()]
      .filter(([, host]) => lostForMs(host) > longerThanMs)
      .map(([hostId]) => hostId);
  }

  async enterHost(host: NewHost): Promise<boolean> {
    if (this.#fleet.hosts.get(host.hostId)) return false;
    const now = Date.now();
    this.#fleet.hosts.set(host.hostId, { ...host, joinedAt: now, heartbeatAt: now });
    return true;
  }

  async removeHosts(hostIds: readonly string[], status: LifecycleState): Promise<void> {
    const instances = hostIds.flatMap((hostId) => this.#takeInstances(hostId));
    for (const hostId of hostIds) this.#fleet.hosts.delete(hostId);
    for (const { pluginId, state } of instances) {
      const plugin = this.#plugins.get(pluginId);
      if (state === 'active' && plugin?.status === 'active' && isActiveOnLive(this.#fleet, pluginId) !== true)
        this.#plugins.set(pluginId, { ...plugin, status });
    }
  }

  async setInstances(place: HostPlace, reports: readonly PluginInstanceReport[]): Promise<void> {
    if (!this.#at(place)) return;
    const before = new Map(this.#takeInstances(place.hostId).map((each) => [each.pluginId, each]));
    for (const report of reports) {
      const known = before.get(report.pluginId);
      this.setInstance(place, report, known?.state === report.state ? known.since : new Date());
      this.setStatus(report.pluginId, report.state, place.hostId);
    }
  }

  /** Enters the instance of a registered version on a host that has its place. */
  setInstance(place: HostPlace, report: PluginInstanceReport, since = new Date()): void {
    const { pluginId, version, state, code, detail } = report;
    const versions = this.#plugins.get(pluginId)?.versions ?? [];
    if (!this.#at(place) || !versions.some((each) => each.version === version)) return;
    const why = { ...(code !== undefined && { code }), ...(detail !== undefined && { detail }) };
    const instance: FleetInstance = { pluginId, version, state, since, ...why };
    const { instances } = this.#fleet;
    instances.set(pluginId, new Map(instances.get(pluginId)).set(place.hostId, instance));
  }

  /** Sets a status that a host says, or leaves it `active` while the plugin is on another live host. */
  setStatus(pluginId: string, status: LifecycleState, hostId: string | undefined): boolean {
    const plugin = this.#plugins.get(pluginId);
    if (!plugin) return false;
    const isElsewhere = isActiveOnLive(this.#fleet, pluginId, hostId) === true;
    this.#plugins.set(pluginId, { ...plugin, status: isElsewhere ? 'active' : status });
    return true;
  }

  /** Takes the instances of a plugin out. */
  removeInstances(pluginId: string): void {
    this.#fleet.instances.delete(pluginId);
  }

  /** Says that a host is alive. */
  beat(place: HostPlace): boolean {
    const host = this.#at(place);
    if (host) this.#fleet.hosts.set(host.hostId, { ...host, heartbeatAt: Date.now() });
    return host !== undefined;
  }

  #takeInstances(hostId: string): readonly FleetInstance[] {
    const taken = instancesOn(this.#fleet, hostId);
    for (const { pluginId } of taken) {
      const others = new Map(this.#fleet.instances.get(pluginId));
      others.delete(hostId);
      this.#fleet.instances.set(pluginId, others);
    }
    return taken;
  }

  #at({ hostId, incarnation }: HostPlace): MemoryHost | undefined {
    const host = this.#fleet.hosts.get(hostId);
    return host?.incarnation === incarnation ? host : undefined;
  }
}
