import { bubblewrapArguments } from './bubblewrap-arguments.ts';
import type { BubblewrapFeatures } from '../machine/bubblewrap-features.ts';
import type { ControlGroup, ControlGroups } from '../cgroups/control-group.ts';
import { grantAccess, type SandboxFiles } from '../files/grant-access.ts';
import { IsolatedBubblewrap } from './isolated-bubblewrap.ts';
import type { IsolatedProcess, IsolationRequest } from '../isolation.ts';
import type { LaunchMeans } from '../machine/launch-means.ts';
import type { MaskedProc } from '../machine/masked-proc.ts';
import type { PluginIdentities, PluginIdentity } from '../files/plugin-identity.ts';
import { findPreparations, type InsideProgram } from './preparations.ts';
import type { KnownIsolation } from '../report/known-isolation.ts';
import { removeGroup } from './remove-group.ts';
import { prlimitArguments, type HardLimits } from '../machine/resource-limits.ts';
import { spawnLimited, type LimitedProcess } from './spawn-limited.ts';

/** What launches with bubblewrap need of a machine, found once. */
export interface BubblewrapTools {
  readonly bubblewrapFile: string;
  readonly features: BubblewrapFeatures;
  readonly prlimit: InsideProgram;
  /** `undefined` where it is not installed. */
  readonly setpriv: InsideProgram | undefined;
  readonly nodeFile: string;
  /** What the Node binary is linked with. */
  readonly libraries: readonly string[];
  readonly maskedProc: MaskedProc;
  readonly hardLimits: HardLimits;
  readonly seccompFilter: Buffer;
  /** Where the users of plugins come from when the host is root; otherwise plugins run as the host's own user. */
  readonly identities: PluginIdentities | undefined;
}

/** What a launcher does without, and with. */
export interface BubblewrapLauncherParts {
  readonly tools: BubblewrapTools;
  readonly means: LaunchMeans;
  /** What limits sandboxes as a whole. */
  readonly groups: ControlGroups;
  /** What goes into the reports on its sandboxes. */
  readonly known: KnownIsolation;
}

const setUpTimeoutMs = 30_000;

/** Starts one sandbox after another with what was found on the machine. */
export class BubblewrapLauncher {
  /** What its sandboxes are made with; what is missing has its stand-in. */
  readonly means: LaunchMeans;
  readonly #tools: BubblewrapTools;
  readonly #groups: ControlGroups;
  readonly #known: KnownIsolation;

  constructor({ tools, means, groups, known }: BubblewrapLauncherParts) {
    this.#tools = tools;
    this.means = means;
    this.#groups = groups;
    this.#known = known;
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
    const { identities, nodeFile, libraries, prlimit, setpriv } = this.#tools;
    const { limits, environment = {} } = request;
    const files = identity ? await grantAccess(identity, request, nodeFile) : { ...request, nodeFile };
    const group = await this.#groups.create(request.pluginId, limits);
    try {
      return new IsolatedBubblewrap({
        limited: await this.#spawn(identity, files, group, request),
        group,
        cpuLimitCores: limits.cpuLimitCores,
        made: {
          ...this.#known,
          means: this.means,
          uid: identity?.uid,
          limits,
          libraries: [libraries, prlimit.libraries, setpriv?.libraries ?? []].flat(),
          environment: Object.keys(environment),
        },
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
    const { bubblewrapFile, prlimit, setpriv, hardLimits, seccompFilter, ...machine } = this.#tools;
    const { limits, token, socketPath, compiledDirectory, environment = {} } = request;
    const { nodeArguments = [], runnerArguments = [] } = request;
    const { means } = this;
    const preparations = findPreparations({ means, prlimit, setpriv, identity, limits, hardLimits });
    const mark = means.controlGroup ? undefined : group.name;
    const program = { nodeArguments, runnerArguments, environment };
    const plugin = { ...files, ...program, compiledDirectory, socketPath, limits, mark };
    const { commandLine, rest } = bubblewrapArguments({ ...machine, ...plugin, means, preparations });
    return spawnLimited({
      command: [prlimit.file, ...prlimitArguments(limits, hardLimits), bubblewrapFile, ...commandLine],
      rest,
      identity: means.userNamespace ? identity : undefined,
      seccompFilter,
      token,
      group,
      timeoutMs: setUpTimeoutMs,
    });
  }
}
