import type {
  FleetInstance,
  LifecycleState,
  PluginInstanceReport,
  RegisteredPlugin,
} from '@stellaops/plugin-abstractions/hosting';
import type { FleetTransaction, HostPlace, KnownHost, NewHost } from '../catalogue/fleet-store.ts';
import { isActiveOnLive, knownHost, lostForMs, type MemoryFleet, type MemoryHost } from './memory-fleet.ts';

/** Collects what a change does to the hosts of a fleet, and to the statuses of `plugins`. */
export class MemoryFleetTransaction implements FleetTransaction {
  readonly #hosts: Map<string, MemoryHost>;
  readonly #plugins: Map<string, RegisteredPlugin>;

  constructor(fleet: MemoryFleet, plugins: Map<string, RegisteredPlugin>) {
    this.#hosts = new Map(fleet);
    this.#plugins = plugins;
  }

  /** The fleet after the change. */
  get hosts(): MemoryFleet {
    return this.#hosts;
  }

  async findHost(hostId: string): Promise<KnownHost | undefined> {
    const host = this.#hosts.get(hostId);
    return host && knownHost(host);
  }

  async findForgotten(longerThanMs: number): Promise<readonly string[]> {
    return [...this.#hosts.values()]
      .filter((host) => lostForMs(host) > longerThanMs)
      .map(({ hostId }) => hostId);
  }

  async enterHost(host: NewHost): Promise<boolean> {
    if (this.#hosts.has(host.hostId)) return false;
    const now = Date.now();
    this.#hosts.set(host.hostId, { ...host, joinedAt: now, heartbeatAt: now, instances: new Map() });
    return true;
  }

  async removeHosts(hostIds: readonly string[], status: LifecycleState): Promise<void> {
    const instances = hostIds.flatMap((id) => [...(this.#hosts.get(id)?.instances.values() ?? [])]);
    for (const hostId of hostIds) this.#hosts.delete(hostId);
    for (const { pluginId, state } of instances) {
      const plugin = this.#plugins.get(pluginId);
      if (state === 'active' && plugin?.status === 'active' && isActiveOnLive(this.#hosts, pluginId) !== true)
        this.#plugins.set(pluginId, { ...plugin, status });
    }
  }

  async setInstances(place: HostPlace, reports: readonly PluginInstanceReport[]): Promise<void> {
    const host = this.#at(place);
    if (!host) return;
    this.#hosts.set(host.hostId, { ...host, instances: new Map() });
    for (const report of reports) {
      const before = host.instances.get(report.pluginId);
      this.setInstance(place, report, before?.state === report.state ? before.since : new Date());
      this.setStatus(report.pluginId, report.state, place.hostId);
    }
  }

  /** Enters the instance of a registered version on a host that has its place. */
  setInstance(place: HostPlace, report: PluginInstanceReport, since = new Date()): void {
    const host = this.#at(place);
    const versions = this.#plugins.get(report.pluginId)?.versions ?? [];
    if (!host || !versions.some(({ version }) => version === report.version)) return;
    const { pluginId, version, state, code, detail } = report;
    const why = { ...(code !== undefined && { code }), ...(detail !== undefined && { detail }) };
    const instance: FleetInstance = { pluginId, version, state, since, ...why };
    this.#hosts.set(host.hostId, { ...host, instances: new Map(host.instances).set(pluginId, instance) });
  }

  /** Sets a status that a host says, or leaves it `active` while the plugin is on another live host. */
  setStatus(pluginId: string, status: LifecycleState, hostId: string | undefined): boolean {
    const plugin = this.#plugins.get(pluginId);
    if (!plugin) return false;
    const others = new Map([...this.#hosts].filter(([id]) => id !== hostId));
    const isElsewhere = isActiveOnLive(others, pluginId) === true;
    this.#plugins.set(pluginId, { ...plugin, status: isElsewhere ? 'active' : status });
    return true;
  }

  /** Takes the instances of a plugin out. */
  removeInstances(pluginId: string): void {
    for (const [hostId, host] of this.#hosts) {
      const instances = new Map(host.instances);
      if (instances.delete(pluginId)) this.#hosts.set(hostId, { ...host, instances });
    }
  }

  /** Says that a host is alive. */
  beat(place: HostPlace): boolean {
    const host = this.#at(place);
    if (host) this.#hosts.set(host.hostId, { ...host, heartbeatAt: Date.now() });
    return host !== undefined;
  }

  #at({ hostId, incarnation }: HostPlace): MemoryHost | undefined {
    const host = this.#hosts.get(hostId);
    return host?.incarnation === incarnation ? host : undefined;
  }
}
