import type { Finding, Proof } from '../finding.ts';
import type { Calm } from './calm-host.ts';
import { restHost, runScenario, type Measured } from './run-scenario.ts';
import { scenarios, type Scenario } from './scenarios.ts';
import { packStress } from './stress-package.ts';

const tolerance = 0.05;
const longestDelayMs = 100;
/** On a machine that has other work too, a plugin does not always get what it may have. */
const attempts = 3;

/** What stress-ng(1) takes, it takes within the limits, and the host does not notice. */
export const proveLimits: Proof = async (progress) => {
  const stressPackage = await packStress();
  progress('nothing yet, for comparison', 0);
  const findings: Finding[] = [hostFinding('the host without stress', await restHost())];
  for (const [index, scenario] of scenarios.entries()) {
    progress(`${scenario.limit}: ${scenario.name}`, index / scenarios.length);
    let measured = await runScenario(scenario, stressPackage);
    for (let attempt = 2; attempt <= attempts && isStarved(scenario, measured); attempt++) {
      progress(`${scenario.limit}: ${scenario.name}, attempt ${attempt}`, index / scenarios.length);
      measured = await runScenario(scenario, stressPackage);
    }
    findings.push(limitFinding(scenario, measured), hostFinding('  the host meanwhile', measured));
  }
  return findings;
};

function isStarved(scenario: Scenario, { cpuCores }: Measured): boolean {
  return scenario.limit === 'cpu' && cpuCores < scenario.cpuLimitCores * (1 - tolerance);
}

function limitFinding(scenario: Scenario, { counters, cpuCores, idleCores }: Measured): Finding {
  const what = `${scenario.limit}: ${scenario.name}`;
  switch (scenario.limit) {
    case 'cpu': {
      const [least, most] = [1 - tolerance, 1 + tolerance].map((share) => share * scenario.cpuLimitCores);
      return {
        what,
        bound: `${least?.toFixed(3)} to ${most?.toFixed(3)} cores`,
        measured: `${cpuCores.toFixed(3)} cores, and ${idleCores.toFixed(3)} of the machine idle`,
        holds: cpuCores >= (least ?? 0) && cpuCores <= (most ?? 0),
      };
    }
    case 'memory': {
      const { memoryLimitMiB, mustBeReached } = scenario;
      const peak = counters.peakMemoryMiB;
      return {
        what,
        bound: mustBeReached ? `reaches ${memoryLimitMiB} MiB, not more` : `at most ${memoryLimitMiB} MiB`,
        measured: `${peak.toFixed(1)} MiB, ${counters.memoryKills} killed by the kernel`,
        holds: peak <= memoryLimitMiB && (!mustBeReached || peak > memoryLimitMiB * (1 - tolerance)),
      };
    }
    case 'processes':
      return {
        what,
        bound: `reaches ${scenario.maxProcesses}, not more`,
        measured: `${counters.peakProcesses}, ${counters.processRefusals} refused by the kernel`,
        holds: counters.peakProcesses === scenario.maxProcesses && counters.processRefusals > 0,
      };
  }
}

function hostFinding(what: string, { longestTurnMs, calls, slowestCallMs }: Calm): Finding {
  return {
    what,
    bound: `event loop at most ${longestDelayMs} ms late`,
    measured: `${longestTurnMs.toFixed(0)} ms; ${calls} calls of another plugin, the slowest ${slowestCallMs.toFixed(0)} ms`,
    holds: longestTurnMs <= longestDelayMs && calls > 0,
  };
}
