import { isPluginError } from '@stellaops/plugin-abstractions';
import type { PluginHost, PluginStatus } from '@stellaops/plugin-host';
import { puppetIds, type PuppetId } from './actions.ts';
import type { Condition, PuppetModel, Standing } from './puppet-model.ts';

/** How the plugins of a host stand; `undefined` while one of them is on its way somewhere. */
export function readStandings(host: PluginHost): ReadonlyMap<PuppetId, Standing> | undefined {
  const standings = new Map<PuppetId, Standing>();
  for (const id of puppetIds) {
    const [main, ...besides] = statusesOf(host, id);
    const condition = main && conditionOf(main);
    if (main && !condition) return undefined;
    if (besides.some(({ state }) => state !== 'failed')) return undefined;
    const beside = besides[0]?.version;
    standings.set(id, {
      ...(main && condition && { main: { version: main.version ?? '', condition } }),
      ...(beside !== undefined && { beside }),
    });
  }
  return standings;
}

/** What a host says of each version of a plugin, the one that answers first. A refused package has no tier. */
export function statusesOf(host: PluginHost, pluginId: PuppetId): readonly PluginStatus[] {
  return host.plugins().filter(({ id, trustLevel }) => id === pluginId && trustLevel !== undefined);
}

/** For comparison, and for people. */
export function describeStandings(standings: ReadonlyMap<PuppetId, Standing>): string {
  return Array.from(standings, ([id, { main, beside }]) =>
    [
      id,
      main ? `${main.version} ${main.condition}` : 'is not there',
      ...(beside ? [`beside it ${beside}`] : []),
    ].join(' '),
  ).join(', ');
}

/** What a host should say, by the model. */
export function expectedStandings({ puppets }: PuppetModel): ReadonlyMap<PuppetId, Standing> {
  return new Map(Array.from(puppets, ([id, { standing }]) => [id, standing]));
}

/** Whether these can stand so at rest, whatever came before: what operators withhold does not run, and what they do not is not withheld. */
export function canRest(standings: ReadonlyMap<PuppetId, Standing>, { puppets }: PuppetModel): boolean {
  return Array.from(standings).every(([id, { main }]) => {
    if (!main) return true;
    const isServing = main.condition === 'active' || main.condition === 'waiting';
    return puppets.get(id)?.isRestricted === true ? !isServing : main.condition !== 'withheld';
  });
}

function conditionOf({ id, state, isWaiting, error }: PluginStatus): Condition | undefined {
  if (isPluginError(error, 'REGISTRY_CONFLICT')) return 'withheld';
  if (state === 'active') return 'active';
  if (isWaiting && (state === 'discovery' || state === 'shutdown')) return 'waiting';
  const isRestarted = id === 'model.restarted' && isPluginError(error, 'SANDBOX_EXITED');
  return state === 'failed' && !isRestarted ? 'failed' : undefined;
}
