import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readBubblewrapVersion } from '../machine/bubblewrap-features.ts';
import { BubblewrapLauncher, type BubblewrapLauncherParts } from '../start/bubblewrap-launcher.ts';
import type { AspectEvidence } from '../report/aspect-evidence.ts';
import { buildCallProgram } from '../report/call-program.ts';
import { listForbiddenCalls } from '../report/forbidden-calls.ts';
import type { KnownIsolation } from '../report/known-isolation.ts';
import { runCallTrial } from '../report/run-call-trial.ts';
import { runLimitTrials } from '../report/run-limit-trials.ts';
import { useTemporaryFolder } from '../files/temporary-folders.ts';

/** Finds out what the sandboxes of a launcher made of these parts are held by: once, for all of them. */
export async function learnIsolation(parts: BubblewrapLauncherParts): Promise<KnownIsolation> {
  const { launch } = bindLauncher(parts);
  const [mechanism, ...trials] = await Promise.all([
    readBubblewrapVersion(parts.tools.bubblewrapFile),
    tryCalls(parts),
    parts.means.controlGroup ? runLimitTrials(launch) : [],
  ]);
  return { mechanism, trials: trials.flat() };
}

function bindLauncher(parts: BubblewrapLauncherParts): Pick<BubblewrapLauncher, 'launch'> {
  const launcher = new BubblewrapLauncher(parts);
  return { launch: (request) => launcher.launch(request) };
}

/** In place of Node runs a program that needs no library. */
async function tryCalls(parts: BubblewrapLauncherParts): Promise<readonly AspectEvidence[]> {
  const calls = listForbiddenCalls(process.arch);
  const built = buildCallProgram(process.arch, calls);
  if (built === undefined) return [];
  return useTemporaryFolder(async (folder) => {
    const nodeFile = join(folder, 'calls');
    await writeFile(nodeFile, built.program, { mode: 0o755 });
    const { launch } = bindLauncher({ ...parts, tools: { ...parts.tools, nodeFile, libraries: [] } });
    return runCallTrial(launch, calls, built.foreignAbi);
  });
}
