import { parseArgs } from 'node:util';
import { capabilityName, type CapabilityDeclaration } from '@stellaops/plugin-abstractions';
import { explainPackage, trustSigners, type Explanation, type TrustPolicy } from '@stellaops/plugin-host';
import hostPackage from '@stellaops/plugin-host/package.json' with { type: 'json' };
import { readKeyFile, withKeys } from './key-file.ts';
import { printRows } from './print.ts';
import { onlyDirectory, UsageError } from './usage.ts';

/** `stella-plugin explain`: what a host would say to a package. Resolves to 1 when it would refuse it. */
export async function explain(args: readonly string[]): Promise<0 | 1> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      trust: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
    },
  });
  const directory = onlyDirectory(positionals);
  const trust = values.trust.length === 0 ? {} : { trust: await trustPolicy(values.trust) };
  const explanation = await explainPackage(directory, { ...trust, hostVersion: hostPackage.version });
  if (values.json) process.stdout.write(`${JSON.stringify(explanation, undefined, 2)}\n`);
  else print(explanation);
  return explanation.admissible ? 0 : 1;
}

async function trustPolicy(options: readonly string[]): Promise<TrustPolicy> {
  const keys = await Promise.all(
    options.map(async (option) => {
      const [, name, path] = /^([^=]+)=(.+)$/s.exec(option) ?? [];
      if (name === undefined || path === undefined)
        throw new UsageError(`--trust takes NAME=FILE, and got "${option}".`);
      return [name, await readKeyFile('--trust', path)] as const;
    }),
  );
  return withKeys(() => trustSigners(Object.fromEntries(keys)));
}

function print({
  directory,
  pluginId,
  version,
  digest,
  trustLevel,
  reason,
  capabilities,
  error,
}: Explanation): void {
  printRows({
    directory,
    plugin: pluginId === undefined ? undefined : `${pluginId} ${version}`,
    digest,
    provides: capabilities && list(capabilities.provides),
    requires: capabilities && list(capabilities.requires),
    trust: trustLevel && `${trustLevel}: ${reason}`,
    verdict: error ? ['red', `refused, ${error.code}: ${error.message}`] : ['green', 'would be admitted'],
  });
}

function list(declarations: readonly CapabilityDeclaration[]): string {
  return declarations.length === 0 ? 'nothing' : declarations.map(capabilityName).join(', ');
}
