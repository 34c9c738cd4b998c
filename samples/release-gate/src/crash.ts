import type { PluginHost, PluginStatus } from '@stellaops/plugin-host';

/** Ends the process of the scanner without warning, as a crash or the kernel would. Its id; `undefined` when it has no process. */
export function killScanner(host: PluginHost): number | undefined {
  const processId = scanner(host)?.processId;
  if (processId !== undefined) process.kill(processId, 'SIGKILL');
  return processId;
}

/** Whether the crash stayed where it happened: the scanner has failed, and every other plugin is active. */
export function wasContained(host: PluginHost): boolean {
  const failed = scanner(host);
  return failed?.state === 'failed' && host.plugins().every((plugin) => plugin === failed || plugin.state === 'active');
}

function scanner(host: PluginHost): PluginStatus | undefined {
  return host.plugins().find(({ trustLevel }) => trustLevel === 'untrusted');
}
