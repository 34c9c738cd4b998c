import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import {
  CanConnect,
  CanEvaluatePolicy,
  type Evidence,
  type ScanResult,
  type Verdict,
} from '@stellaops-samples/release-gate-contracts';
import type { PluginHost } from '@stellaops/plugin-host';
import { isPluginError } from '@stellaops/plugin-sdk';
import type { GateArguments } from './arguments.ts';
import { BadInput } from './bad-input.ts';
import { killScanner, wasContained } from './crash.ts';
import { policyEvaluatorId } from './evaluator/policy-evaluator.ts';
import { logFile, packages, startGateHost } from './host.ts';
import { readInput, readRules } from './input-files.ts';
import { startEvidenceReceiver } from './receiver.ts';
import { openGateRegistry } from './registry.ts';
import { GateReport } from './report/gate-report.ts';
import { readKnown } from './report/registry.ts';
import { scanLockfile } from './scan.ts';

/** Asks whether a release may go out; with a crash, whether the crash was contained. Rejects with {@link BadInput}. */
export async function runGate({
  lockfile,
  rules,
  registry: folder,
  isCrash,
}: GateArguments): Promise<boolean> {
  const name = basename(lockfile);
  const bytes = await readInput('lockfile', lockfile);
  const config = await readRules(rules);
  const report = new GateReport(process.stdout);

  await using receiver = await startEvidenceReceiver();
  await using registry = await openGateRegistry(folder, packages);
  const { catalogue, place } = registry;
  await using host = await startGateHost({ rules: config, receiverUrl: receiver.url, registry: catalogue });
  refuseBadRules(host, rules);
  report.plugins(host.plugins());
  report.registry(await readKnown(catalogue, place, policyEvaluatorId));

  let killed: number | undefined;
  report.scanBegins(lockfile);
  const scanned = await scanLockfile(host, {
    lockfile: { name, bytes },
    onProgress: (doing, fraction) => report.progress(doing, fraction),
    ...(isCrash && { inMidCall: () => report.scannerKilled((killed = killScanner(host))) }),
  });
  report.scanned(scanned, logFile);

  const verdict = await host.resolve(CanEvaluatePolicy).evaluate(scanned);
  report.verdict(verdict);
  const isDelivered = await deliver(host, report, toEvidence(name, bytes, scanned, verdict));

  if (!isCrash) return isDelivered && verdict.outcome !== 'fail';
  const isContained = killed !== undefined && wasContained(host);
  report.afterCrash(host.plugins(), isContained);
  return isDelivered && isContained;
}

/** The plugin that the rules configure has checked them; what it says is about a file of the user. */
function refuseBadRules(host: PluginHost, rules: string): void {
  const evaluator = host.plugins().find(({ id }) => id === policyEvaluatorId);
  if (!isPluginError(evaluator?.error, 'CONFIG_INVALID')) return;
  throw new BadInput(`The rules file ${rules} is refused: ${evaluator.error.details.problem}`, {
    cause: evaluator.error,
  });
}

function toEvidence(name: string, bytes: Uint8Array, { components }: ScanResult, verdict: Verdict): Evidence {
  return {
    lockfile: { name, sha256: createHash('sha256').update(bytes).digest('hex') },
    judgedAt: new Date().toISOString(),
    componentCount: components.length,
    verdict,
  };
}

/** A release whose evidence nobody has does not go out. */
async function deliver(host: PluginHost, report: GateReport, evidence: Evidence): Promise<boolean> {
  try {
    report.delivered(await host.resolve(CanConnect).deliver(evidence));
    return true;
  } catch (error) {
    if (!isPluginError(error)) throw error;
    report.notDelivered(`${error.code}: ${error.message}`);
    return false;
  }
}
