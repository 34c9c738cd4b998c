import { createHash } from 'node:crypto';
import { isPluginError, PluginError, type PluginTrustLevel } from '@stellaops/plugin-abstractions';
import { parseManifest } from '@stellaops/plugin-abstractions/hosting';
import { admitPackage, type Admission } from '../admission/admit-package.ts';
import { discoverPackages } from '../admission/discover.ts';
import type { AdmissionOptions, RefusedPackage } from '../admission/examine-package.ts';
import { withDeadline } from '../deadline.ts';
import type { BuiltInPlugin, CompleteOptions } from '../host-options.ts';
import type { StateDirectory } from '../state-directory.ts';
import type { AdmittedPlugin } from './hosted-plugin.ts';

/** What a scan found: plugins in the order in which they start, and what was refused. */
export interface Scan {
  readonly admitted: readonly AdmittedPlugin[];
  readonly refused: readonly RefusedPackage[];
  /** Configured paths that do not exist. */
  readonly missing: readonly string[];
}

/** Where to look, and what to hold against what is found. */
interface Scanned {
  readonly options: CompleteOptions;
  readonly state: StateDirectory;
  readonly hostVersion: string;
  readonly linkedTrustLevel: PluginTrustLevel;
}

/** Goes through what is linked in and what lies in the paths. Runs no code of any package, and never rejects for what it finds. */
export async function scan({ options, state, hostVersion, linkedTrustLevel }: Scanned): Promise<Scan> {
  const { builtIn, pluginPaths, trust, timeouts } = options;
  const admitted = new Map<string, AdmittedPlugin>();
  const refused: RefusedPackage[] = [];
  const take = (plugin: AdmittedPlugin): void => {
    const { manifest, source } = plugin;
    const holder = admitted.get(manifest.id)?.source;
    if (holder === undefined) admitted.set(manifest.id, plugin);
    else
      refused.push({
        source,
        manifest,
        error: new PluginError('PLUGIN_ID_TAKEN', { source, pluginId: manifest.id, holder }),
      });
  };

  for (const linked of builtIn) {
    const plugin = admitLinked(linked, linkedTrustLevel);
    if ('error' in plugin) refused.push(plugin);
    else take(plugin);
  }
  const { packages, missing } = await discoverPackages(pluginPaths);
  for (const directory of packages) {
    // One after the other: the order decides which of two packages keeps an id.
    const admission = { storeDirectory: await state.packages(), trust, hostVersion };
    const decision = await admitInTime(directory, admission, timeouts.admitTimeoutMs);
    if (decision.refused) refused.push(decision.refused);
    else take({ ...decision.admitted, code: { packageDirectory: decision.admitted.packageDirectory } });
  }
  return { admitted: [...admitted.values()], refused, missing };
}

/** A file system or a trust policy that hangs must not hang the host. */
async function admitInTime(
  directory: string,
  admission: AdmissionOptions,
  timeoutMs: number,
): Promise<Admission> {
  const problem = `its admission did not end within ${timeoutMs} ms (timeouts.admitTimeoutMs)`;
  const late = (): PluginError => new PluginError('PACKAGE_INVALID', { source: directory, problem });
  try {
    return await withDeadline({ timeoutMs, timedOut: late, cancelled: late }, () =>
      admitPackage(directory, admission),
    );
  } catch {
    return { refused: { source: directory, error: late() } };
  }
}

function admitLinked(linked: BuiltInPlugin, trustLevel: PluginTrustLevel): AdmittedPlugin | RefusedPackage {
  const source = 'built-in';
  try {
    const manifest = parseManifest(
      linked.manifest,
      `a built-in plugin (${String(Object(linked.manifest).id)})`,
    );
    const digest = createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
    const code = { definition: linked.plugin };
    return { manifest, source, digest, trustLevel, trustReason: 'linked in by the host', code };
  } catch (error) {
    if (isPluginError(error)) return { source, error };
    throw error;
  }
}
