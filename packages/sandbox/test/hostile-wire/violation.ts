import { isPluginError } from '@stellaops/plugin-abstractions';
import type { WireHost } from './wire-host.ts';

/** What the runner did that the host ended the sandbox for; anything else that ended it, as text. */
export async function violationOf({ closed }: Pick<WireHost, 'closed'>): Promise<string> {
  const error = await closed;
  return isPluginError(error, 'SANDBOX_PROTOCOL_VIOLATION') && error.details.pluginId === 'test.plugin'
    ? error.details.problem
    : `no violation, but ${String(error)}`;
}
