import { requirePositive } from '../plugin-settings.ts';

/** How a host takes part in the fleet of its registry. All in milliseconds. */
export interface FleetOptions {
  /** How often it says that it is alive. Default 5 s. */
  readonly heartbeatIntervalMs: number;
  /** After so long without a heartbeat everybody takes it for lost; longer than the interval. Default 15 s. */
  readonly lostAfterMs: number;
  /** How often it looks at what operators want, for nothing depends on being told of a change. Default 30 s. */
  readonly reconcileIntervalMs: number;
}

/** Options with every default filled in. Throws a `TypeError` for what is no positive number, and for a host that would be lost between heartbeats. */
export function completeFleetOptions(given: Partial<FleetOptions> = {}): FleetOptions {
  const options = { heartbeatIntervalMs: 5_000, lostAfterMs: 15_000, reconcileIntervalMs: 30_000, ...given };
  for (const [name, value] of Object.entries(options)) requirePositive(`fleet.${name}`, value);
  if (options.lostAfterMs <= options.heartbeatIntervalMs)
    throw new TypeError('fleet.lostAfterMs must be longer than fleet.heartbeatIntervalMs');
  return options;
}
