import type { PluginHost } from '@stellaops/plugin-host';

/** Ends the process of the scanner without warning, as a crash or the kernel would. Its id; `undefined` when it has no process. */
export function killScanner(host: PluginHost): number | undefined {
  const { processId } = host.plugins().find(({ trustLevel }) => trustLevel === 'untrusted') ?? {};
  if (processId !== undefined) process.kill(processId, 'SIGKILL');
  return processId;
}

/** Whether the crash stayed where it happened: the scanner has failed, and every other plugin is active. */
export function wasContained(host: PluginHost): boolean {
  return host
    .plugins()
    .every(({ trustLevel, state }) => state === (trustLevel === 'untrusted' ? 'failed' : 'active'));
}
