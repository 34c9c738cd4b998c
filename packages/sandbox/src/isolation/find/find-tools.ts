import { detectBubblewrapFeatures } from '../machine/bubblewrap-features.ts';
import type { BubblewrapTools } from '../start/bubblewrap-launcher.ts';
import type { FoundPrograms } from './find-programs.ts';
import type { IsolationObstacle } from '../isolation.ts';
import { findMaskedProc } from '../machine/masked-proc.ts';
import { PluginIdentities } from '../files/plugin-identity.ts';
import { isMusl, muslNode } from './prerequisites.ts';
import type { InsideProgram } from '../start/preparations.ts';
import { readHardLimits } from '../machine/resource-limits.ts';
import { findSharedLibraries } from '../machine/shared-libraries.ts';

/** Asks the programs what they can do and need, or says what is missing. Nothing is tried yet. */
export async function findTools(
  { bubblewrapFile, prlimitFile, setprivFile, lddFile, seccompFilter }: FoundPrograms,
  nodeFile: string,
): Promise<BubblewrapTools | IsolationObstacle> {
  const toBind = async (file: string): Promise<InsideProgram> => ({
    file,
    libraries: await findSharedLibraries(lddFile, file),
  });
  const [features, node, prlimit, setpriv, maskedProc, hardLimits] = await Promise.all([
    detectBubblewrapFeatures(bubblewrapFile),
    toBind(nodeFile),
    toBind(prlimitFile),
    setprivFile === undefined ? undefined : toBind(setprivFile),
    findMaskedProc(),
    readHardLimits(),
  ]);
  if ('problem' in features) return features;
  if (node.libraries.some(isMusl)) return muslNode;
  const identities = process.getuid?.() === 0 ? new PluginIdentities() : undefined;
  const found = { bubblewrapFile, features, prlimit, setpriv, nodeFile, libraries: node.libraries };
  return { ...found, maskedProc, hardLimits, seccompFilter, identities };
}
