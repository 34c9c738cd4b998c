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
import { spawnLimited, type LimitedProcess } from './spawn-limited.ts';

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
    const { identities } = this.#tools;
    const identity = await identities?.claim();
    try {
      return await this.#launchAs(identity, request);
    } catch (error) {
      if (identity) await identities?.release(identity);
      throw error;
    }
  }

  async #launchAs(identity: PluginIdentity | undefined, request: IsolationRequest): Promise<IsolatedProcess> {
    const { groups, identities, nodeFile } = this.#tools;
    const files = identity ? await grantAccess(identity, request, nodeFile) : { ...request, nodeFile };
    const group = await groups.create(request.pluginId, request.limits);
    try {
      return new IsolatedBubblewrap({
        limited: await this.#spawn(identity, files, group, request),
        group,
        cpuLimitCores: request.limits.cpuLimitCores,
        onCleared: async () => identity && identities?.release(identity),
      });
    } catch (error) {
      await removeGroup(group);
      throw error;
    }
  }

  #spawn(
    identity: PluginIdentity | undefined,
    files: SandboxFiles,
    group: ControlGroup,
    request: IsolationRequest,
  ): Promise<LimitedProcess> {
    const { prlimitFile, bubblewrapFile, features, maskedProc, libraries, hardLimits, seccompFilter } =
      this.#tools;
    const { limits, socketPath, token, nodeArguments = [], environment = {} } = request;
    const { nodeFile, runnerFile, packageDirectory } = files;
    const machine = { features, maskedProc, libraries };
    const plugin = { nodeFile, nodeArguments, runnerFile, packageDirectory, socketPath, environment, limits };
    const { commandLine, rest } = bubblewrapArguments({ ...machine, ...plugin });
    return spawnLimited({
      command: [prlimitFile, ...prlimitArguments(limits, hardLimits), bubblewrapFile, ...commandLine],
      rest,
      identity,
      seccompFilter,
      token,
      group,
      timeoutMs: setUpTimeoutMs,
    });
  }
}

/** What stays after all is swept at the next start. */
async function removeGroup(group: ControlGroup): Promise<void> {
  await pollUntil(async () => {
    try {
      await group.kill();
      await group.remove();
      return true;
    } catch {
      return false;
    }
  }, setUpTimeoutMs);
}
