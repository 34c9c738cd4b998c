import type { SandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import type { LaunchMeans } from '../machine/launch-means.ts';
import type { PluginIdentity } from '../files/plugin-identity.ts';
import { standInArguments, type HardLimits } from '../machine/resource-limits.ts';

/** A program that runs inside, with what it is linked with, all bound at the same paths. */
export interface InsideProgram {
  readonly file: string;
  readonly libraries: readonly string[];
}

/** A program that gives something up inside, before it becomes the next one (execve(2)), and at last Node. */
export interface Preparation extends InsideProgram {
  readonly arguments: readonly string[];
}

/** What preparations are made of. */
export interface PreparationParts {
  readonly means: LaunchMeans;
  readonly prlimit: InsideProgram;
  readonly setpriv: InsideProgram | undefined;
  readonly identity: PluginIdentity | undefined;
  readonly limits: SandboxLimits;
  readonly hardLimits: HardLimits;
}

/** What stands in, inside, for the means that a machine lacks, in its order. Throws when there is nothing that could. */
export function findPreparations(parts: PreparationParts): readonly Preparation[] {
  const { means, prlimit, limits, hardLimits } = parts;
  const limiting = { ...prlimit, arguments: standInArguments(limits, hardLimits) };
  return [...(means.controlGroup ? [] : [limiting]), ...(means.userNamespace ? [] : [dropPrivileges(parts)])];
}

function dropPrivileges({ setpriv, identity }: PreparationParts): Preparation {
  if (setpriv === undefined || identity === undefined)
    throw new Error('without user namespaces a sandbox needs a host that is root, and setpriv of util-linux');
  const { uid, gid } = identity;
  const user = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups', '--no-new-privs'];
  const capabilities = ['--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all'];
  return { ...setpriv, arguments: [...user, ...capabilities, '--'] };
}
