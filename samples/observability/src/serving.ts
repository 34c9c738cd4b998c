import type { HostHealth } from '@stellaops/plugin-host';

/** The host, where plugins are named by their ids: https://grpc.io/docs/guides/health-checking/ names a whole server so. */
export const wholeHost = '';

/** What takes calls: a plugin that is active or starts at its first call, and the host unless a required plugin is down. */
export function servingOf({ status, plugins }: HostHealth): ReadonlyMap<string, boolean> {
  const serving = new Map([[wholeHost, status !== 'failed']]);
  for (const { id, state, isWaiting } of plugins)
    // Several versions can have one id while one replaces the other.
    if (id !== undefined)
      serving.set(id, serving.get(id) === true || state === 'active' || isWaiting === true);
  return serving;
}
