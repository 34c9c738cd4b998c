import { isPluginError } from '@stellaops/plugin-abstractions';
import { withheldBecause, type DesiredState } from '@stellaops/plugin-abstractions/hosting';
import type { CompleteOptions } from '../host-options.ts';
import type { HostedPlugin } from '../lifecycle/hosted-plugin.ts';
import type { PluginChanges } from '../lifecycle/plugin-changes.ts';
import type { PluginTable } from '../lifecycle/plugin-table.ts';
import type { FleetCalls } from './fleet-calls.ts';

/** What it takes to do here what operators decided. */
export interface DecisionParts {
  readonly registry: FleetCalls;
  readonly table: PluginTable;
  readonly changes: PluginChanges;
  readonly options: Pick<CompleteOptions, 'config' | 'logger'>;
  /** Has a plugin looked at again. */
  readonly lookAgain: (pluginId: string) => void;
}

/** Does on this host what operators decided: stops what no host may run, and starts again what hosts may. */
export class DecisionsHere {
  readonly #parts: DecisionParts;
  /** What is being done, by plugin; `true` when something was decided meanwhile. */
  readonly #underWay = new Map<string, boolean>();

  constructor(parts: DecisionParts) {
    this.#parts = parts;
  }

  /** Compares these plugins with the registry, and begins what follows. Rejects with what the registry rejects with. */
  async follow(pluginIds: readonly string[]): Promise<void> {
    const { registry, table } = this.#parts;
    const states = new Map((await registry.desiredStates(pluginIds)).map((state) => [state.id, state]));
    for (const id of pluginIds) {
      const plugin = table.get(id);
      if (!plugin) continue;
      if (this.#underWay.has(id)) {
        this.#underWay.set(id, true);
        continue;
      }
      const step = await this.#stepFor(plugin, states.get(id));
      if (step) this.#begin(id, step);
    }
  }

  async #stepFor(
    plugin: HostedPlugin,
    desired: DesiredState | undefined,
  ): Promise<(() => Promise<void>) | undefined> {
    const { changes } = this.#parts;
    const { version } = plugin.admitted.manifest;
    if (!isDown(plugin)) {
      const problem = desired ? withheldBecause(desired, version) : await this.#removal(plugin.id);
      return problem === undefined ? undefined : () => this.#withhold(plugin, problem);
    }
    if (!desired || withheldBecause(desired, version) !== undefined) return undefined;
    const isDue = isPluginError(plugin.error, 'REGISTRY_CONFLICT') || (await this.#hasNewConfig(plugin));
    return isDue ? () => changes.bringUpToDate(plugin.admitted) : undefined;
  }

  /** A stop may take its time, and so may a start: what is decided of other plugins does not wait for it. */
  #begin(pluginId: string, step: () => Promise<void>): void {
    const { lookAgain, options } = this.#parts;
    this.#underWay.set(pluginId, false);
    step()
      .catch((error: unknown) =>
        options.logger.error({ pluginId, err: error }, 'the host could not do what operators decided'),
      )
      .finally(() => {
        const isOutdated = this.#underWay.get(pluginId) === true;
        this.#underWay.delete(pluginId);
        if (isOutdated) lookAgain(pluginId);
      });
  }

  async #withhold({ id: pluginId, admitted }: HostedPlugin, problem: string): Promise<void> {
    const { changes, options } = this.#parts;
    const { version } = admitted.manifest;
    options.logger.warn({ pluginId, version }, `plugin is stopped: ${problem}`);
    await changes.withhold(pluginId, problem);
  }

  /** Who removed a plugin that the catalogue does not have; `undefined` for one that it never had. */
  async #removal(pluginId: string): Promise<string | undefined> {
    const trail = await this.#parts.registry.auditTrail({ pluginId, event: 'plugin.removed' });
    const removal = trail.at(-1);
    if (!removal) return undefined;
    const why = removal.detail === undefined ? '' : `: ${removal.detail}`;
    return `it was removed by ${removal.actor} at ${removal.at.toISOString()}${why}`;
  }

  /** Whether a plugin that could not use its configuration would get another one now. */
  async #hasNewConfig(plugin: HostedPlugin): Promise<boolean> {
    const { registry, options } = this.#parts;
    if (!isPluginError(plugin.error, 'CONFIG_INVALID') || options.config[plugin.id] !== undefined)
      return false;
    const entry = await registry.find(plugin.id);
    return JSON.stringify(entry?.config) !== JSON.stringify(plugin.registeredConfig);
  }
}

/** Whether a plugin neither runs, nor is started by a call, nor is on its way up. */
function isDown({ state, isWaiting }: HostedPlugin): boolean {
  return !isWaiting && (state === 'shutdown' || state === 'failed' || state === 'discovery');
}
