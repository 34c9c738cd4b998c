import type { PluginHost } from '@stellaops/plugin-host';

/** Ends the process of every sandbox without warning, as a crash or the kernel would. */
export function crashSandboxes(host: PluginHost): void {
  for (const { state, processId } of host.plugins())
    if (state === 'active' && processId !== undefined) process.kill(processId, 'SIGKILL');
}
