import { PluginError, isPluginError } from '@stellaops/plugin-abstractions';
import { BubblewrapLauncher } from './bubblewrap-launcher.ts';
import { startDeathWatch } from './cgroups/death-watch.ts';
import { findTools, type ToolSearch } from './find-tools.ts';
import type { IsolatedProcess, Isolation, IsolationObstacle, IsolationRequest } from './isolation.ts';
import { diagnose } from './obstacles.ts';
import { trySandbox } from './try-sandbox.ts';

/**
 * Isolation by namespaces (bubblewrap), a filter of system calls and control groups. When the host is root, each plugin runs as
 * a user of its own. Needs Linux, bubblewrap and control groups that the host may divide; without any of them it refuses.
 */
export class BubblewrapIsolation implements Isolation {
  readonly #search: ToolSearch;
  #launcher: Promise<BubblewrapLauncher | IsolationObstacle> | undefined;

  /** By default plugins run with the Node of the host, and programs are looked for in `PATH` and where systems keep them. */
  constructor({ nodeFile = process.execPath, searchPath = defaultSearchPath() }: Partial<ToolSearch> = {}) {
    this.#search = { nodeFile, searchPath };
  }

  async probe(): Promise<IsolationObstacle | undefined> {
    const launcher = await this.#findLauncher();
    return 'problem' in launcher ? launcher : undefined;
  }

  async launch(request: IsolationRequest): Promise<IsolatedProcess> {
    const launcher = await this.#findLauncher();
    if ('problem' in launcher) throw new PluginError('SANDBOX_UNSUPPORTED', launcher);
    try {
      return await launcher.launch(request);
    } catch (error) {
      throw new PluginError('SANDBOX_UNSUPPORTED', diagnoseError(error), { cause: error });
    }
  }

  #findLauncher(): Promise<BubblewrapLauncher | IsolationObstacle> {
    this.#launcher ??= prepareLauncher(this.#search);
    return this.#launcher;
  }
}

/** Services are often started with a short `PATH`, or none. */
function defaultSearchPath(): string {
  return `${process.env['PATH'] ?? ''}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`;
}

async function prepareLauncher(search: ToolSearch): Promise<BubblewrapLauncher | IsolationObstacle> {
  try {
    const tools = await findTools(search);
    if ('problem' in tools) return tools;
    await Promise.all([tools.groups.sweep(), tools.identities?.sweep()]);
    await startDeathWatch(tools.groups);
    const launcher = new BubblewrapLauncher(tools);
    const failure = await trySandbox(launcher);
    return failure === undefined ? launcher : diagnose(failure);
  } catch (error) {
    return diagnoseError(error);
  }
}

function diagnoseError(error: unknown): IsolationObstacle {
  if (isPluginError(error, 'SANDBOX_UNSUPPORTED')) return error.details;
  return diagnose(error instanceof Error ? error.message : String(error));
}
