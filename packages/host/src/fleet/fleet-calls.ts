import type { FleetMembership, FleetRegistry } from '@stellaops/plugin-abstractions/hosting';
import { inRegistryTime } from '../registry-deadline.ts';

/** What a host asks the registry of its fleet. */
export type FleetCalls = Pick<
  FleetRegistry,
  'join' | 'hosts' | 'desiredStates' | 'find' | 'auditTrail' | 'watch'
>;

/** The same of a registry that may never answer: each call, and each of a place, rejects in time with `REGISTRY_UNAVAILABLE`. */
export function inTimeCalls(registry: FleetRegistry, timeoutMs: number): FleetCalls {
  const inTime = <Result>(work: () => Promise<Result>): Promise<Result> => inRegistryTime(timeoutMs, work);
  const bounded = ({ incarnation, ...place }: FleetMembership): FleetMembership => ({
    incarnation,
    heartbeat: () => inTime(() => place.heartbeat()),
    report: (instances) => inTime(() => place.report(instances)),
    leave: () => inTime(() => place.leave()),
  });
  return {
    join: async (host) => {
      const joining = registry.join(host);
      try {
        return bounded(await inTime(() => joining));
      } catch (error) {
        // A place that is given too late is nobody's.
        joining.then((place) => place.leave()).catch(() => undefined);
        throw error;
      }
    },
    hosts: (hostId) => inTime(() => registry.hosts(hostId)),
    desiredStates: (pluginIds) => inTime(() => registry.desiredStates(pluginIds)),
    find: (pluginId) => inTime(() => registry.find(pluginId)),
    auditTrail: (query) => inTime(() => registry.auditTrail(query)),
    watch: (signal) => registry.watch(signal),
  };
}
