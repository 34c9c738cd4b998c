import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  defaultSandboxLimits,
  isolationAspects,
  type SandboxLimits,
} from '@stellaops/plugin-abstractions/hosting';
import type { IsolatedProcess, IsolationRequest } from '../isolation.ts';
import { useTemporaryFolder } from '../files/temporary-folders.ts';

/** Starts a sandbox, as a launcher does. */
export type LaunchSandbox = (request: IsolationRequest) => Promise<IsolatedProcess>;

/** What a throw-away sandbox does. */
export interface ThrowAwaySandbox {
  readonly launch: LaunchSandbox;
  /** Arguments of Node, which gets an empty program beside them. */
  readonly nodeArguments: readonly string[];
  readonly limits?: Partial<SandboxLimits>;
}

/** Launches a sandbox without a plugin, and leaves nothing of it. Rejects when it could not be launched, or `use` rejects. */
export function useThrowAwaySandbox<Result>(
  { launch, nodeArguments, limits }: ThrowAwaySandbox,
  use: (sandbox: IsolatedProcess) => Promise<Result>,
): Promise<Result> {
  return useTemporaryFolder(async (directory) => {
    const inside = (name: string): string => join(directory, name);
    await Promise.all(['package', 'scratch', 'runtime'].map((name) => mkdir(inside(name), { mode: 0o755 })));
    await Promise.all(
      ['runner.js', 'scratch/socket'].map((name) => writeFile(inside(name), '', { mode: 0o644 })),
    );
    const sandbox = await launch({
      pluginId: 'trial',
      packageDirectory: inside('package'),
      runnerFile: inside('runner.js'),
      nodeArguments,
      socketPath: inside('scratch/socket'),
      scratchDirectory: inside('scratch'),
      runtimeDirectory: inside('runtime'),
      token: '',
      limits: { ...defaultSandboxLimits, ...limits },
      required: isolationAspects,
    });
    try {
      return await use(sandbox);
    } finally {
      await sandbox.kill();
    }
  });
}
