import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { PluginCatalogue } from '@stellaops/plugin-abstractions/hosting';
import { PostgresPluginRegistry } from '@stellaops/plugin-registry/postgres';

/** The catalogue of the gate. It outlives a run. */
export interface GateRegistry extends AsyncDisposable {
  readonly catalogue: PluginCatalogue;
  /** Where it is, for people. */
  readonly place: string;
}

/** Opens the registry of a server where `DATABASE_URL` names one and no folder is asked for, else that in a folder. */
export async function openGateRegistry(
  asked: string | undefined,
  packages: readonly string[],
): Promise<GateRegistry> {
  const connectionString = process.env['DATABASE_URL'];
  if (asked === undefined && connectionString) {
    const catalogue = await PostgresPluginRegistry.connect({ connectionString });
    const { host, pathname } = new URL(connectionString);
    return opened(catalogue, `PostgreSQL at ${host}${pathname}`);
  }
  const dataDirectory = asked ?? (await ownFolder(packages));
  return opened(await PostgresPluginRegistry.open({ dataDirectory }), dataDirectory);
}

function opened(catalogue: PostgresPluginRegistry, place: string): GateRegistry {
  return { catalogue, place, [Symbol.asyncDispose]: () => catalogue[Symbol.asyncDispose]() };
}

/**
 * A registry refuses a version whose content has changed, and the plugins of this sample are built anew under the same version whenever
 * somebody works on them: each build has a folder of its own.
 */
async function ownFolder(packages: readonly string[]): Promise<string> {
  const build = createHash('sha256');
  for (const directory of packages)
    build.update(await readFile(join(directory, 'SHA256SUMS')).catch(() => ''));
  const given = process.env['XDG_DATA_HOME'] ?? '';
  const data = isAbsolute(given) ? given : join(homedir(), '.local', 'share');
  return join(data, 'stella-release-gate', build.digest('hex').slice(0, 12));
}
