import { PluginError } from '@stellaops/plugin-abstractions';
import type { IsolationAspect } from '@stellaops/plugin-abstractions/hosting';
import type { BubblewrapLauncher } from './start/bubblewrap-launcher.ts';
import { diagnoseError, findLauncher, type FoundLauncher, type Shortage } from './find/find-launcher.ts';
import { completeSearch, type ToolSearch } from './find/find-programs.ts';
import type { IsolatedProcess, Isolation, IsolationObstacle, IsolationRequest } from './isolation.ts';
import { standIns } from './machine/launch-means.ts';

/**
 * Isolation by namespaces (bubblewrap), a filter of system calls and control groups. When the host is root, each plugin runs as
 * a user of its own. Needs Linux, bubblewrap and control groups that the host may divide; without any of them it refuses, unless
 * what the machine lacks is not required.
 */
export class BubblewrapIsolation implements Isolation {
  readonly #search: ToolSearch;
  #found: Promise<FoundLauncher> | undefined;

  /** By default plugins run with the Node of the host, and programs are looked for in `PATH` and where systems keep them. */
  constructor(search: Partial<ToolSearch> = {}) {
    this.#search = completeSearch(search);
  }

  async probe(required: readonly IsolationAspect[]): Promise<IsolationObstacle | undefined> {
    const launcher = chooseLauncher(await this.find(), required);
    return 'problem' in launcher ? launcher : undefined;
  }

  async launch(request: IsolationRequest): Promise<IsolatedProcess> {
    const launcher = chooseLauncher(await this.find(), request.required);
    if ('problem' in launcher) throw new PluginError('SANDBOX_UNSUPPORTED', launcher);
    try {
      return await launcher.launch(request);
    } catch (error) {
      const { problem, fix } = diagnoseError(error);
      throw new PluginError('SANDBOX_UNSUPPORTED', { problem, fix }, { cause: error });
    }
  }

  /** What this machine can do at best: tried once, and kept. Never rejects. */
  find(): Promise<FoundLauncher> {
    this.#found ??= findLauncher(this.#search);
    return this.#found;
  }
}

/** What a machine lacks is an obstacle to those alone who require what it is for. */
function chooseLauncher(
  found: FoundLauncher,
  required: readonly IsolationAspect[],
): BubblewrapLauncher | IsolationObstacle {
  if (found.launcher === undefined) return found.obstacle;
  const isRequired = ({ lacks }: Shortage): boolean =>
    standIns[lacks].aspects.some((aspect) => required.includes(aspect));
  return found.shortages.find(isRequired)?.obstacle ?? found.launcher;
}
