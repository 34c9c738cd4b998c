import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PluginError } from '@stellaops/plugin-abstractions';
import {
  defaultMessageLimits,
  defaultSandboxLimits,
  pluginAbiVersion,
  type IsolationReport,
  type SandboxLaunch,
} from '@stellaops/plugin-abstractions/hosting';
import { SandboxedProcess } from '../client/sandboxed-process.ts';
import { diagnoseError } from '../isolation/find/find-launcher.ts';
import type { Isolation, IsolationObstacle } from '../isolation/isolation.ts';
import { useTemporaryFolder } from '../isolation/files/temporary-folders.ts';
import { startSandbox } from '../launch/start-sandbox.ts';

/** What was seen of the sandbox of a plugin, or why there was none. */
export type TriedPlugin = { readonly isolation: IsolationReport } | IsolationObstacle;

const startTimeoutMs = 20_000;

/** A plugin that does nothing. */
const entry = `export const plugin = { [Symbol.for('stellaops.plugin.PluginDefinition')]: ${pluginAbiVersion}, create: () => ({}) };\n`;

/** Runs a plugin that does nothing as a host runs one, as far as this machine goes: nothing is required of its isolation. */
export async function tryPlugin(isolation: Isolation): Promise<TriedPlugin> {
  try {
    return await useTemporaryFolder(async (folder) => {
      const launch = await prepareLaunch(folder);
      const started = await startSandbox(isolation, launch, { ...launch, name: 'doctor' });
      await using sandboxed = new SandboxedProcess(launch, started);
      await sandboxed.load(AbortSignal.timeout(startTimeoutMs));
      return { isolation: sandboxed.isolation };
    });
  } catch (error) {
    const { problem, fix } = diagnoseError(error);
    return { problem, fix };
  }
}

async function prepareLaunch(folder: string): Promise<SandboxLaunch> {
  const inside = (name: string): string => join(folder, name);
  await Promise.all(['package', 'scratch', 'runtime'].map((name) => mkdir(inside(name), { mode: 0o755 })));
  await writeFile(inside('package/package.json'), '{ "type": "module" }\n');
  await writeFile(inside('package/plugin.js'), entry);
  const silent = (): void => undefined;
  const logger = { debug: silent, info: silent, warn: silent, error: silent, child: () => logger };
  const info = { id: 'doctor', name: 'Doctor', version: '0.0.0', trustLevel: 'untrusted' } as const;
  return {
    descriptor: { info, capabilities: { provides: [], requires: [] } },
    packageDirectory: inside('package'),
    entry: 'plugin.js',
    scratchDirectory: inside('scratch'),
    runtimeDirectory: inside('runtime'),
    limits: defaultSandboxLimits,
    messageLimits: defaultMessageLimits,
    services: {
      find: ({ id: capability }) => {
        throw new PluginError('CAPABILITY_NOT_DECLARED', { pluginId: info.id, capability, list: 'requires' });
      },
    },
    logger,
    callTimeoutMs: startTimeoutMs,
    stopTimeoutMs: startTimeoutMs,
    heartbeatTimeoutMs: startTimeoutMs,
    requiredIsolation: [],
    onEnd: silent,
  };
}
