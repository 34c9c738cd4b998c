import { setTimeout as delay } from 'node:timers/promises';
import { isPluginError, type CapabilityApi } from '@stellaops/plugin-abstractions';
import type { PluginCatalogue } from '@stellaops/plugin-abstractions/hosting';
import { Puppet } from '../model/plugins/puppet.ts';
import { soakPlugins, type SoakHost } from './soak-host.ts';

const callsPerPlugin = 40;
/** What one plugin is given to settle; then the soak is given up. */
const settleTimeoutMs = 60_000;
const operator = { actor: 'user:soak', hostId: 'soak-console' };

/** How often each thing was done. */
export type Deeds = Map<string, number>;

/** What a round does everything with. */
export interface Soaked {
  readonly soaked: SoakHost;
  readonly registry: PluginCatalogue;
  readonly deeds: Deeds;
}

/**
 * Calls, a crash, swaps, re-scans and decisions, once each, until all is at rest again. `isNewCode` has the trusted plugin replaced by code
 * that was never imported; otherwise a version comes back that was. Rejects when a call is not answered as it should be.
 */
export async function playRound(round: number, isNewCode: boolean, parts: Soaked): Promise<void> {
  const { soaked, registry, deeds } = parts;
  const { host } = soaked;
  const { trusted, swapped, mortal, lazy } = soakPlugins;
  const did = (deed: string, times = 1): void => void deeds.set(deed, (deeds.get(deed) ?? 0) + times);

  await Promise.all(Object.values(soakPlugins).map((id) => callAll(soaked, id, round)));
  did('calls', Object.keys(soakPlugins).length * callsPerPlugin);

  const held = outcome(api(soaked, mortal).hold(`held-${round}`));
  await until(() => soaked.stage.isWaiting(`held-${round}`), 'the held call');
  const { processId } = statusOf(soaked, mortal);
  if (processId !== undefined) process.kill(processId, 'SIGKILL');
  expectOutcome(await held, 'SANDBOX_EXITED');
  soaked.stage.release(`held-${round}`);
  await until(() => host.isActive(mortal) && statusOf(soaked, mortal).processId !== processId, 'the restart');
  did('crashes');

  await soaked.put(swapped, round % 2 === 0 ? '1.0.0' : '2.0.0');
  await soaked.put(trusted, isNewCode ? `${round + 10}.0.0` : round % 2 === 0 ? '1.0.0' : '2.0.0');
  await Promise.all([host.rescan(), callAll(soaked, swapped, round), callAll(soaked, trusted, round)]);
  did('swaps', 2);
  await soaked.put(swapped, '3.1.0'); // it does not initialize
  await host.rescan();
  if (!host.isActive(swapped)) throw new Error('the version that runs went with the bad one');
  did('swaps that fail');

  await soaked.remove(swapped);
  await host.rescan();
  await soaked.put(swapped, '1.0.0');
  await host.rescan();
  did('re-scans', 4);

  await registry.disable(mortal, operator);
  await until(() => statusOf(soaked, mortal).state === 'shutdown', 'the end of what was disabled');
  await registry.enable(mortal, operator);
  await until(() => host.isActive(mortal), 'the start of what was enabled');
  did('decisions', 2);

  await until(
    () => statusOf(soaked, lazy).isWaiting === true && statusOf(soaked, lazy).state === 'shutdown',
    'the idle stop',
  );
  did('idle stops');
  soaked.stage.entered.clear();
}

/** Calls of every kind at the same time: answered, streamed, left, cancelled, and too late. */
async function callAll(soaked: SoakHost, pluginId: string, round: number): Promise<void> {
  const puppet = api(soaked, pluginId);
  await Promise.all(
    Array.from({ length: callsPerPlugin }, (_, index) =>
      callOne(puppet, pluginId, `${pluginId}-${round}-${index}`, index),
    ),
  );
}

async function callOne(
  puppet: CapabilityApi<typeof Puppet.methods>,
  pluginId: string,
  call: string,
  index: number,
): Promise<void> {
  const isDirect = pluginId === soakPlugins.linked; // nothing stands between that could give up a call
  switch (index % 5) {
    case 0: {
      let items = 0;
      for await (const { item } of puppet.count({ call, items: 20 })) if (item === items) items += 1;
      return expectOutcome(String(items), '20');
    }
    case 1:
      for await (const { item } of puppet.count({ call, items: 20 })) if (item === 3) break;
      return;
    case 2:
      if (!isDirect)
        expectOutcome(await outcome(puppet.hold(call, { signal: AbortSignal.timeout(5) })), 'CALL_CANCELLED');
      return;
    case 3:
      if (!isDirect) expectOutcome(await outcome(puppet.hold(call, { timeoutMs: 5 })), 'CALL_TIMED_OUT');
      return;
    default:
      return expectOutcome((await puppet.echo(call)).call, call);
  }
}

function api({ host }: SoakHost, pluginId: string): CapabilityApi<typeof Puppet.methods> {
  return host.resolve(Puppet, { pluginId });
}

function statusOf({ host }: SoakHost, pluginId: string) {
  const found = host.plugins().find(({ id }) => id === pluginId);
  if (!found) throw new Error(`the host does not know ${pluginId}`);
  return found;
}

function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'answered',
    (error: unknown) => (isPluginError(error) ? error.code : String(error)),
  );
}

function expectOutcome(seen: string, expected: string): void {
  if (seen !== expected) throw new Error(`${seen} instead of ${expected}`);
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const giveUpAt = performance.now() + settleTimeoutMs;
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error(`this did not come: ${what}`);
    await delay(5);
  }
}
