import type { AuditEvent, AuditEventName } from '@stellaops/plugin-abstractions/hosting';
import type { HostedPlugin } from '../lifecycle/hosted-plugin.ts';

/** How a plugin is isolated, once it is at work, and how its sandbox ended, once it has failed. */
export function sandboxDetail(
  event: AuditEventName,
  plugin: HostedPlugin,
): Pick<AuditEvent, 'isolation' | 'waivedIsolation' | 'crash'> {
  if (event === 'plugin.failed' || event === 'plugin.instanceLost') return crashDetail(plugin);
  const {
    instance,
    settings: { waivedIsolation },
  } = plugin;
  if (event !== 'plugin.activated' || !instance?.isolation) return {};
  const waived = waivedIsolation.length > 0 ? { waivedIsolation } : {};
  return { isolation: instance.isolation, ...waived };
}

/** An earlier sandbox of the plugin has nothing to do with a failure before the next one was started. */
export function crashDetail({ crash, hasCrashed }: HostedPlugin): Pick<AuditEvent, 'crash'> {
  return hasCrashed && crash ? { crash } : {};
}
