import { randomUUID } from 'node:crypto';
import type { AuditEvent } from '../../../packages/abstractions/src/hosting.ts';

/** Hosts that append to the trail. */
export const trailHosts = 8;
/** Plugins of which it tells. */
export const trailPlugins = 1000;

/** An event by its number: the hosts take turns, and each tells of one plugin after the other. */
export function trailEvent(number: number): AuditEvent {
  const hostId = `bench-${number % trailHosts}`;
  return {
    id: randomUUID(),
    event: 'plugin.activated',
    at: new Date(),
    actor: `host:${hostId}`,
    hostId,
    pluginId: trailPlugin(Math.floor(number / trailHosts)),
    version: '1.0.0',
    trustLevel: 'builtIn',
    detail: `event ${number} of a trail that grows`,
  };
}

/** The id of a plugin by its number. */
export function trailPlugin(number: number): string {
  return `bench.plugin-${number % trailPlugins}`;
}
