import { randomUUID } from 'node:crypto';
import { PluginError } from '@stellaops/plugin-abstractions';
import type {
  FleetMembership,
  HostAnnouncement,
  PluginInstanceReport,
} from '@stellaops/plugin-abstractions/hosting';
import { storableText } from '../audit/storable-text.ts';
import type { CatalogueStore } from './catalogue-store.ts';
import type { HostPlace, NewHost } from './fleet-store.ts';

/** Long enough for people to look into it, and short enough that names which are never used again do not pile up. */
const forgottenAfterMs = 24 * 60 * 60 * 1000;

/** Gives a host its place. Rejects with `HOST_ID_TAKEN` while a host of its id is alive. */
export async function join(
  store: CatalogueStore,
  { replaces, ...announcement }: HostAnnouncement,
): Promise<FleetMembership & HostPlace> {
  const hostId = storableText(announcement.hostId);
  const place = { hostId, incarnation: randomUUID() };
  const host = { ...announcement, ...place, machine: storableText(announcement.machine) };
  await store.change(async ({ fleet }) => {
    const holder = await fleet.findHost(hostId);
    if (holder?.state === 'live' && holder.incarnation !== replaces) throw taken(holder);
    const gone = await fleet.findForgotten(forgottenAfterMs);
    await fleet.removeHosts(holder ? [hostId, ...gone] : gone, 'failed');
    if (!(await fleet.enterHost(host))) throw taken((await fleet.findHost(hostId)) ?? host);
  });
  return {
    ...place,
    heartbeat: () => store.fleet.heartbeat(place),
    report: (instances) => store.change(({ fleet }) => fleet.setInstances(place, instances.map(storable))),
    leave: () =>
      store.change(async ({ fleet }) => {
        const holder = await fleet.findHost(hostId);
        if (holder?.incarnation === place.incarnation) await fleet.removeHosts([hostId], 'shutdown');
      }),
  };
}

function taken({
  hostId,
  machine,
  processId,
}: Pick<NewHost, 'hostId' | 'machine' | 'processId'>): PluginError {
  return new PluginError('HOST_ID_TAKEN', { hostId, holder: `process ${processId} on ${machine}` });
}

function storable({ detail, ...report }: PluginInstanceReport): PluginInstanceReport {
  return detail === undefined ? report : { ...report, detail: storableText(detail) };
}
