import type { PluginCatalogue, RegisteredPlugin } from '@stellaops/plugin-abstractions/hosting';
import { printable } from '../printable.ts';
import { formatTable, type Cell } from './table.ts';

/** What a registry knows from this run and those before it. */
export interface KnownBefore {
  readonly place: string;
  /** How often the gate was run, this time included. */
  readonly runCount: number;
  readonly plugins: readonly RegisteredPlugin[];
}

/** Reads it, when the plugins of this run are up. */
export async function readKnown(
  catalogue: PluginCatalogue,
  place: string,
  hostedId: string,
): Promise<KnownBefore> {
  const event = 'plugin.activated' as const;
  const runs = await catalogue.auditTrail({ pluginId: hostedId, event, limit: 100_000 });
  return { place, runCount: runs.length, plugins: await catalogue.list() };
}

/** Where the registry is, how often it has seen a run, and since when it knows which versions. */
export function formatRegistry({ place, runCount, plugins }: KnownBefore): string {
  const titles = ['plugin', 'versions', 'known since'].map((text): Cell => ({ text, style: 'dim' }));
  const rows = plugins.map(({ id, versions, registeredAt }) => [
    { text: printable(id) },
    { text: printable(versions.map(({ version }) => version).join(', ')) },
    { text: registeredAt.toISOString().slice(0, 16).replace('T', ' ') },
  ]);
  const runs = runCount === 1 ? '1 run' : `${runCount} runs`;
  return `  ${printable(place)}, ${runs} so far\n${formatTable([titles, ...rows])}`;
}
