import { isolationAspects, isolationShortfall } from '@stellaops/plugin-abstractions/hosting';
import { BubblewrapIsolation } from '../isolation/bubblewrap-isolation.ts';
import { completeSearch, type ToolSearch } from '../isolation/find/find-programs.ts';
import type { IsolationObstacle } from '../isolation/isolation.ts';
import { checkBasics } from './check-basics.ts';
import { checkKernel } from './check-kernel.ts';
import { checkPrograms } from './check-programs.ts';
import type { MachineCheck, MachineReport } from './machine-report.ts';
import { tryPlugin, type TriedPlugin } from './try-plugin.ts';

/**
 * Looks at everything that sandboxes need of this machine, also after something was found missing, and starts one to see. The
 * reasons are those with which plugins are refused. Never rejects for what a machine lacks. Takes about a second.
 */
export async function examineMachine(where: Partial<ToolSearch> = {}): Promise<MachineReport> {
  const search = completeSearch(where);
  const isolation = new BubblewrapIsolation(search);
  const found = await isolation.find();
  const refusal = await isolation.probe(isolationAspects);
  const tried = found.launcher === undefined ? undefined : await tryPlugin(isolation);
  const checks = [
    ...(await checkBasics()),
    // Elsewhere there are no such programs, and no such kernel.
    ...(process.platform === 'linux'
      ? [...(await checkPrograms(search)), ...(await checkKernel(search, found))]
      : []),
    checkTrial(tried),
  ];
  const obstacle = refusal ?? (tried && refusalOf(tried));
  return {
    canIsolate: obstacle === undefined,
    ...(obstacle && { obstacle }),
    checks,
    ...(tried && 'isolation' in tried && { isolation: tried.isolation }),
  };
}

function checkTrial(tried: TriedPlugin | undefined): MachineCheck {
  if (tried === undefined) return { name: 'trial', state: 'unknown', found: 'no sandbox can be started' };
  const refusal = refusalOf(tried);
  if (refusal) return { name: 'trial', state: 'missing', found: refusal.problem, fix: refusal.fix };
  return { name: 'trial', state: 'good', found: 'a plugin ran, isolated in every aspect' };
}

function refusalOf(tried: TriedPlugin): IsolationObstacle | undefined {
  if ('problem' in tried) return tried;
  const missing = isolationShortfall(tried.isolation, isolationAspects);
  if (missing === undefined) return undefined;
  return {
    problem: `the sandbox of a plugin does not enforce ${missing}`,
    fix: 'Mend the machine where a check failed, or name what you can do without in `waivedIsolation`.',
  };
}
