import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PluginError } from '@stellaops/plugin-abstractions';
import type { PluginSandbox, SandboxedPlugin, SandboxLaunch } from '@stellaops/plugin-abstractions/hosting';
import { onLines } from './client/line-splitter.ts';
import { PluginLog } from './client/plugin-log.ts';
import { SandboxedProcess } from './client/sandboxed-process.ts';
import { BubblewrapIsolation } from './isolation/bubblewrap-isolation.ts';
import type { IsolatedProcess, Isolation } from './isolation/isolation.ts';
import { listenForRunner } from './wire/grpc-host.ts';

/** The program that loads the plugin inside, bundled into one file when the package is built. */
const runnerFile = fileURLToPath(new URL('../bundle/runner.js', import.meta.url));

/** Runs each untrusted plugin in a process of its own, isolated by the operating system; where it cannot, it runs none. */
export class ProcessSandbox implements PluginSandbox {
  readonly #isolation: Isolation = new BubblewrapIsolation();

  async launch(launch: SandboxLaunch, signal: AbortSignal): Promise<SandboxedPlugin> {
    const obstacle = await this.#isolation.probe();
    if (obstacle) throw new PluginError('SANDBOX_UNSUPPORTED', { ...obstacle });

    const token = randomBytes(32).toString('base64url');
    const socketPath = join(launch.scratchDirectory, 's');
    const log = new PluginLog(launch.logger);
    const listener = await listenForRunner(socketPath, launch.messageLimits);
    let process: IsolatedProcess;
    try {
      process = await this.#start(launch, socketPath, token);
    } catch (error) {
      await listener[Symbol.asyncDispose]();
      throw error;
    }
    onLines(process.stdout, (line) => log.output('stdout', line));
    onLines(process.stderr, (line) => log.output('stderr', line));
    const sandboxed = new SandboxedProcess(launch, { process, listener, token, log });
    await sandboxed.load(signal);
    return sandboxed;
  }

  #start(
    { descriptor, packageDirectory, scratchDirectory, runtimeDirectory, limits }: SandboxLaunch,
    socketPath: string,
    token: string,
  ): Promise<IsolatedProcess> {
    return this.#isolation.launch({
      pluginId: descriptor.info.id,
      packageDirectory,
      scratchDirectory,
      runtimeDirectory,
      socketPath,
      token,
      limits,
      runnerFile,
      nodeArguments: ['--enable-source-maps'],
    });
  }
}
