import type { PluginTrustLevel } from '@stellaops/plugin-abstractions';
import { withDeadline } from '../deadline.ts';
import type { CompleteOptions } from '../host-options.ts';
import type { StateDirectory } from '../state-directory.ts';
import { Bound } from './bound.ts';
import { dependents, inDependencyOrder } from './dependency-order.ts';
import { packageDirectoryOf, type AdmittedPlugin, type HostedPlugin } from './hosted-plugin.ts';
import type { PluginChanges } from './plugin-changes.ts';
import { circleProblem, dependenciesOf } from './plugin-dependencies.ts';
import type { PluginTable } from './plugin-table.ts';
import { scan } from './scan.ts';

/** What it takes to bring the plugins of a host in line with what lies in the paths. */
export interface ReconcilerParts {
  readonly options: CompleteOptions;
  readonly state: StateDirectory;
  readonly table: PluginTable;
  readonly changes: PluginChanges;
  /** What `engines.host` of a manifest is about. */
  readonly hostVersion: string;
  readonly linkedTrustLevel: PluginTrustLevel;
}

/** Changes all plugins of a host together, in the order of their dependencies. */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #starts: Bound;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#starts = new Bound(parts.options.maxParallelStarts);
  }

  /** Looks into the paths: stops what is gone, then starts what is new or has failed, and replaces what changed. */
  async reconcile(): Promise<void> {
    const { options, state, table, changes } = this.#parts;
    const found = await scan(this.#parts);
    table.forgetRefusals();
    for (const path of found.missing)
      options.logger.warn({ path }, 'a plugin path does not exist and is skipped');
    for (const refusal of found.refused) await changes.refuse(refusal);
    const wanted = new Map(found.admitted.map((admitted) => [admitted.manifest.id, admitted]));
    const isGone = ({ id, admitted }: HostedPlugin): boolean =>
      !wanted.has(id) && !found.unread.has(admitted.source);
    const gone = table.all().filter(isGone);
    await this.#eachBeforeItsProviders(gone, (id) => changes.remove(id, 'its package is gone'));
    await this.#bringUpToDate(wanted);
    table.order([...wanted.keys()]);
    const used = new Set(table.everyVersion().map(({ admitted }) => packageDirectoryOf(admitted) ?? ''));
    await this.#clearAway(() => state.keepPackages(used));
  }

  /** Stops every plugin, and removes what the host has on disk. */
  async stopAll(): Promise<void> {
    const { changes, state, table } = this.#parts;
    changes.close();
    await this.#eachBeforeItsProviders(table.all(), (id) => changes.stop(id, 'the host stops'));
    await this.#clearAway(() => state.close());
  }

  /** Each when what it may call has come up or failed. Those that require each other in a circle have no order, and are refused. */
  async #bringUpToDate(wanted: ReadonlyMap<string, AdmittedPlugin>): Promise<void> {
    const { options, changes } = this.#parts;
    const dependencies = new Map(dependenciesOf([...wanted.values()], options));
    const changed = [...wanted.values()].filter((admitted) => !changes.isInPlace(admitted));
    const errors = changed.map(({ manifest }) => circleProblem(manifest.id, dependencies));
    for (const [index, admitted] of changed.entries()) {
      const error = errors[index];
      if (!error) continue;
      dependencies.delete(admitted.manifest.id);
      await changes.refuse({ ...admitted, error });
    }
    await inDependencyOrder(dependencies, async (id) => {
      const admitted = wanted.get(id);
      if (!admitted || changes.isInPlace(admitted)) return;
      await this.#starts.run(() => changes.bringUpToDate(admitted));
    });
  }

  async #eachBeforeItsProviders(
    plugins: readonly HostedPlugin[],
    work: (id: string) => Promise<void>,
  ): Promise<void> {
    const admitted = plugins.map((plugin) => plugin.admitted);
    await inDependencyOrder(dependents(dependenciesOf(admitted, this.#parts.options)), work);
  }

  /** What cannot be removed, or not in time, is left for the sweep of the next host. */
  async #clearAway(work: () => Promise<void>): Promise<void> {
    const { logger, timeouts } = this.#parts.options;
    const { disposeTimeoutMs: timeoutMs } = timeouts;
    const late = (): Error => new Error(`it took more than ${timeoutMs} ms (timeouts.disposeTimeoutMs)`);
    await withDeadline({ timeoutMs, timedOut: late, cancelled: late }, work).catch((error: unknown) =>
      logger.error({ err: error }, 'files of this host in the state directory could not be removed'),
    );
  }
}
