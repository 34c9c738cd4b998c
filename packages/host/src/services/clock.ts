import { implement, type Implementation } from '@stellaops/plugin-abstractions';
import { Clock } from '@stellaops/plugin-abstractions/services';

/** The clock of the host; who replays gives another one: milliseconds since 1970, whole. Default `Date.now`. */
export function implementClock(now: () => number = Date.now): Implementation<typeof Clock.methods> {
  return implement(Clock, { now: async () => ({ epochMilliseconds: now() }) });
}
