import { createHook } from 'node:async_hooks';
import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { PluginHost } from '@stellaops/plugin-host';
import { takeInventory } from '../cycles/inventory.ts';
import { familyOf } from '../processes.ts';

/** What a process holds at one moment at which nothing is under way. */
export interface Sample {
  /** Since the soak began. */
  readonly atMs: number;
  /** By name; sizes in MiB. */
  readonly figures: Readonly<Record<string, number>>;
}

const mebibyte = 1024 * 1024;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void; // the flag above makes it

/** Counts the timers of this process from now on, also those that keep nothing alive. */
export class TimerCount {
  readonly #living = new Set<number>();

  constructor() {
    createHook({
      init: (id, type) => void (type === 'Timeout' && this.#living.add(id)),
      destroy: (id) => void this.#living.delete(id),
      trackPromises: false,
    }).enable();
  }

  get count(): number {
    return this.#living.size;
  }
}

/** Looks at everything, after a collection of garbage. */
export async function takeSample(
  host: PluginHost,
  stateDirectory: string,
  timers: TimerCount,
  atMs: number,
): Promise<Sample> {
  const inventory = await takeInventory(stateDirectory);
  const processes = await familyWithoutDatabase();
  for (const _ of [1, 2]) {
    collectGarbage();
    await new Promise(setImmediate);
  }
  const { heapUsed, rss, external } = process.memoryUsage();
  const handles = Object.entries(inventory).filter(([name]) => name.startsWith('handles: '));
  return {
    atMs,
    figures: {
      descriptors: inventory['open descriptors'] ?? 0,
      sockets: inventory['sockets'] ?? 0,
      processes,
      'control groups': inventory['control groups'] ?? 0,
      'users of plugins': inventory['users of plugins'] ?? 0,
      timers: timers.count,
      handles: handles.reduce((sum, [, count]) => sum + count, 0),
      'files in the state directory': inventory['files and directories'] ?? 0,
      'unused modules': host.health().unusedModules ?? 0,
      'heap MiB': heapUsed / mebibyte,
      'external MiB': external / mebibyte,
      'resident MiB': rss / mebibyte,
    },
  };
}

/** The database of the soak starts and ends processes of its own accord. */
async function familyWithoutDatabase(): Promise<number> {
  const names = await Promise.all(
    (await familyOf(process.pid)).map((id) => readFile(`/proc/${id}/comm`, 'utf8').catch(() => 'gone')),
  );
  return names.filter((name) => !['postgres', 'gone', 'sh'].includes(name.trim())).length;
}
