import { bubblewrapArguments } from './bubblewrap-arguments.ts';
import type { BubblewrapFeatures } from './bubblewrap-features.ts';
import type { ControlGroup, ControlGroups } from './cgroups/control-group.ts';
import { pollUntil } from './deadline.ts';
import { grantAccess, type SandboxFiles } from './grant-access.ts';
import { IsolatedBubblewrap } from './isolated-bubblewrap.ts';
import type { IsolatedProcess, IsolationRequest } from './isolation.ts';
import type { MaskedProc } from './masked-proc.ts';
import type { PluginIdentities, PluginIdentity } from './plugin-identity.ts';
import { prlimitArguments, type HardLimits } from './resource-limits.ts';
import { spawnHeld, type HeldProcess } from './spawn-held.ts';

/** What launches with bubblewrap need of a machine, found once. */
export interface BubblewrapTools {
  readonly bubblewrapFile: string;
  readonly features: BubblewrapFeatures;
  readonly prlimitFile: string;
  readonly nodeFile: string;
  /** What the Node binary is linked with. */
  readonly libraries: readonly string[];
  readonly maskedProc: MaskedProc;
  readonly hardLimits: HardLimits;
  readonly seccompFilter: Buffer;
  readonly groups: ControlGroups;
  /** Where the users of plugins come from when the host is root; otherwise plugins run as the host's own user. */
  readonly identities: PluginIdentities | undefined;
}

const setUpTimeoutMs = 10_000;

/** Starts one sandbox after another with what was found on the machine. */
export class BubblewrapLauncher {
  readonly #tools: BubblewrapTools;

  constructor(tools: BubblewrapTools) {
    this.#tools = tools;
  }

  /** Rejects with what stood in the way, having left nothing behind. */
  async launch(request: IsolationRequest): Promise<IsolatedProcess> {
    const { identities, nodeFile } = this.#tools;
    if (identities === undefined) return this.#launchAs(undefined, { ...request, nodeFile }, request);
    const identity = await identities.claim();
    try {
      return await this.#launchAs(identity, await grantAccess(identity, request, nodeFile), request);
    } catch (error) {
      await identities.release(identity);
      throw error;
    }
  }

  async #launchAs(
    identity: PluginIdentity | undefined,
    files: SandboxFiles,
    request: IsolationRequest,
  ): Promise<IsolatedProcess> {
    const { groups, identities } = this.#tools;
    // Each takes its time, and neither needs the other.
    const [spawned, made] = await Promise.allSettled([
      this.#spawn(identity, files, request),
      groups.create(request.pluginId, request.limits),
    ]);
    try {
      const [held, group] = [unwrap(spawned), unwrap(made)];
      await group.add(held.pid);
      held.release();
      return new IsolatedBubblewrap({
        held,
        group,
        cpuLimitCores: request.limits.cpuLimitCores,
        onCleared: async () => identity && identities?.release(identity),
      });
    } catch (error) {
      const said = spawned.status === 'fulfilled' ? await spawned.value.abandon() : '';
      if (made.status === 'fulfilled') await removeGroup(made.value);
      // A bubblewrap that gave up by itself knows better than whoever missed its process.
      throw said === '' ? error : new Error(said, { cause: error });
    }
  }

  #spawn(
    identity: PluginIdentity | undefined,
    files: SandboxFiles,
    request: IsolationRequest,
  ): Promise<HeldProcess> {
    const { prlimitFile, bubblewrapFile, features, maskedProc, libraries, hardLimits, seccompFilter } =
      this.#tools;
    const { limits, socketPath, token, nodeArguments = [], environment = {} } = request;
    const { nodeFile, runnerFile, packageDirectory } = files;
    const machine = { features, maskedProc, libraries };
    const plugin = { nodeFile, nodeArguments, runnerFile, packageDirectory, socketPath, environment, limits };
    return spawnHeld({
      command: [
        prlimitFile,
        ...prlimitArguments(limits, hardLimits),
        bubblewrapFile,
        ...bubblewrapArguments({ ...machine, ...plugin }),
      ],
      identity,
      seccompFilter,
      token,
      timeoutMs: setUpTimeoutMs,
    });
  }
}

function unwrap<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/** The process that was in it may still be dying. What stays after all is swept at the next start. */
async function removeGroup(group: ControlGroup): Promise<void> {
  await pollUntil(
    () =>
      group.remove().then(
        () => true,
        () => false,
      ),
    setUpTimeoutMs,
  );
}
