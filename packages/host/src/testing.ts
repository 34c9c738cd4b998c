import type { PluginTrustLevel } from '@stellaops/plugin-abstractions';
import { isolationAspects } from '@stellaops/plugin-abstractions/hosting';
import { uniformTiers } from './dispatch/tiers.ts';
import type { PluginHostOptions } from './host-options.ts';
import type { PluginHost } from './plugin-host.ts';
import { startHost } from './start-plugin-host.ts';

/**
 * For `@stellaops/plugin-testing` alone: a host that runs what is linked in as any tier, in a sandbox that need not isolate, and
 * behaves the same in each. It must never run in production, because it may call untrusted code in process.
 */
export function startUniformHost(
  options: PluginHostOptions,
  trustLevel: PluginTrustLevel,
): Promise<PluginHost> {
  const waivedIsolation = options.waivedIsolation ?? isolationAspects;
  return startHost({ ...options, waivedIsolation }, { linkedTrustLevel: trustLevel, tiers: uniformTiers });
}
