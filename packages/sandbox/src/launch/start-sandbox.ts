import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PluginError } from '@stellaops/plugin-abstractions';
import type { IsolationAspect, MessageLimits, SandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import type { IsolatedProcess, Isolation } from '../isolation/isolation.ts';
import { listenForRunner, type RunnerListener } from '../wire/grpc-host.ts';

/**
 * The program that loads the plugin inside, bundled into one file when the package is built. It is a CommonJS module: an `import` of one of
 * Node's own modules has all of what that exports made at once, streams of files and lines among it, for a tenth of the start.
 */
const runnerFile = fileURLToPath(new URL('../../bundle/runner.cjs', import.meta.url));

/** Has the runner rehearse before it dials. */
const ahead = 'ahead';

/** Room for what calls leave behind, in MiB: it halves the slowest percentile of calls. */
const youngGeneration = ['--min-semi-space-size=16', '--max-semi-space-size=32'];

/** What a sandbox is started with, whatever plugin it will run. */
export interface SandboxStart {
  readonly limits: SandboxLimits;
  readonly messageLimits: MessageLimits;
  readonly requiredIsolation: readonly IsolationAspect[];
}

/** Where the files of one sandbox are. */
export interface SandboxPlace {
  /** Names its control group. */
  readonly name: string;
  readonly packageDirectory: string;
  /** Compiled code of the package; missing where there is none. */
  readonly compiledDirectory?: string | undefined;
  readonly scratchDirectory: string;
  readonly runtimeDirectory: string;
  /** Whether nobody waits for it yet: then its runner rehearses before it dials. */
  readonly isAhead?: boolean;
}

/** A sandbox whose runner comes up, and then waits to be told what to run. */
export interface StartedSandbox {
  readonly process: IsolatedProcess;
  readonly listener: RunnerListener;
  readonly token: string;
}

/** Starts the runner under isolation. Rejects with `SANDBOX_UNSUPPORTED`, having left nothing behind. */
export async function startSandbox(
  isolation: Isolation,
  { limits, messageLimits, requiredIsolation }: SandboxStart,
  { name, packageDirectory, compiledDirectory, scratchDirectory, runtimeDirectory, isAhead }: SandboxPlace,
): Promise<StartedSandbox> {
  const obstacle = await isolation.probe(requiredIsolation);
  if (obstacle) throw new PluginError('SANDBOX_UNSUPPORTED', { ...obstacle });
  const token = randomBytes(32).toString('base64url');
  const socketPath = join(scratchDirectory, 's');
  const listener = await listenForRunner(socketPath, messageLimits);
  try {
    const process = await isolation.launch({
      pluginId: name,
      packageDirectory,
      compiledDirectory,
      scratchDirectory,
      runtimeDirectory,
      socketPath,
      token,
      limits,
      required: requiredIsolation,
      runnerFile,
      nodeArguments: ['--enable-source-maps', ...youngGeneration],
      runnerArguments: isAhead === true ? [ahead] : [],
    });
    return { process, listener, token };
  } catch (error) {
    await listener[Symbol.asyncDispose]();
    throw error;
  }
}
