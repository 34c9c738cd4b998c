import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { PluginRegistry } from '@stellaops/plugin-abstractions/hosting';
import { startPluginHost, trustSigners, type PluginHost } from '@stellaops/plugin-host';
import { ProcessSandbox } from '@stellaops/plugin-sandbox';
import { pino } from 'pino';
import { BadInput } from './bad-input.ts';
import { policyEvaluator, policyEvaluatorId } from './evaluator/policy-evaluator.ts';

const sample = resolve(import.meta.dirname, '..');
const bundle = (plugin: string): string => join(sample, plugin, 'bundle');

/** Where the log of the host and of its plugins goes; the terminal is for the user. */
export const logFile = join(sample, 'release-gate.log');

/** The plugins that are not linked in. */
export const packages = [join(bundle('connector'), 'plugin'), join(bundle('scanner'), 'plugin')];

/** What the plugins are configured with, and what remembers them. */
export interface GateConfig {
  readonly registry: PluginRegistry;
  readonly rules: unknown;
  readonly receiverUrl: string;
}

/** Starts a host with a plugin of each tier: the evaluator linked in, the connector signed, the scanner sandboxed. */
export async function startGateHost({ registry, rules, receiverUrl }: GateConfig): Promise<PluginHost> {
  const signer = await readPublicKey(join(bundle('connector'), 'signer.key.pub'));
  return startPluginHost({
    registry,
    builtIn: [policyEvaluator],
    pluginPaths: packages,
    trust: trustSigners({ 'release-gate-sample': signer }),
    sandbox: new ProcessSandbox(),
    config: {
      [policyEvaluatorId]: rules,
      'stellaops.evidence-connector': { url: receiverUrl },
    },
    hostId: 'release-gate',
    actor: 'sample:release-gate',
    logger: pino(pino.destination({ dest: logFile, append: false, sync: true })),
  });
}

async function readPublicKey(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new BadInput(
      'The plugins of this sample are not built. Run pnpm start in the root of the repository, which builds them',
      { cause },
    );
  }
}
