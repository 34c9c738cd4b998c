import { createHash } from 'node:crypto';
import { isPluginError, PluginError, type PluginTrustLevel } from '@stellaops/plugin-abstractions';
import { parseManifest } from '@stellaops/plugin-abstractions/hosting';
import { admitPackage } from '../admission/admit-package.ts';
import { discoverPackages } from '../admission/discover.ts';
import type { RefusedPackage } from '../admission/examine-package.ts';
import { withDeadline } from '../deadline.ts';
import type { BuiltInPlugin, CompleteOptions } from '../host-options.ts';
import type { StateDirectory } from '../state-directory.ts';
import type { AdmittedPlugin } from './hosted-plugin.ts';

/** What a scan found: plugins in the order in which they start, and what was refused. */
export interface Scan {
  readonly admitted: readonly AdmittedPlugin[];
  readonly refused: readonly RefusedPackage[];
  /** Directories whose admission did not end in time: nothing is known of what lies there now. */
  readonly unread: ReadonlySet<string>;
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

/**
 * Goes through what is linked in and what lies in the paths. Runs no code of any package, and never rejects for what it finds; only when the
 * paths cannot be read in time, with `PACKAGE_INVALID`, and when there is no place for copies, with `STATE_DIRECTORY_INVALID`.
 */
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
  const timeoutMs = timeouts.admitTimeoutMs;
  const { packages, missing } = await inTime(
    timeoutMs,
    (problem) => new PluginError('PACKAGE_INVALID', { source: pluginPaths.join(', '), problem }),
    () => discoverPackages(pluginPaths),
  );
  const unread = new Set<string>();
  for (const directory of packages) {
    // One after the other: the order decides which of two packages keeps an id.
    const storeDirectory = await inTime(
      timeoutMs,
      (problem) => new PluginError('STATE_DIRECTORY_INVALID', { directory: state.root, problem }),
      () => state.packages(),
    );
    try {
      const decision = await inTime(
        timeoutMs,
        (problem) => new PluginError('PACKAGE_INVALID', { source: directory, problem }),
        () => admitPackage(directory, { storeDirectory, trust, hostVersion }),
      );
      if (decision.refused) refused.push(decision.refused);
      else take({ ...decision.admitted, code: { packageDirectory: decision.admitted.packageDirectory } });
    } catch (error) {
      if (!isPluginError(error)) throw error;
      unread.add(directory);
      refused.push({ source: directory, error });
    }
  }
  return { admitted: [...admitted.values()], refused, unread, missing };
}

/** A file system or a trust policy that hangs must not hang the host. */
function inTime<Result>(
  timeoutMs: number,
  late: (problem: string) => PluginError,
  work: () => Promise<Result>,
): Promise<Result> {
  const timedOut = (): PluginError =>
    late(`it could not be read and checked within ${timeoutMs} ms (timeouts.admitTimeoutMs)`);
  return withDeadline({ timeoutMs, timedOut, cancelled: timedOut }, work);
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
