import type { ControlGroup } from '../cgroups/control-group.ts';
import { pollUntil } from '../deadline.ts';

const removalTimeoutMs = 30_000;

/** Ends what is in the group of a sandbox that did not come up, and removes it. What stays after all is swept at the next start. */
export async function removeGroup(group: ControlGroup, timeoutMs = removalTimeoutMs): Promise<void> {
  await pollUntil(async () => {
    try {
      await group.kill();
      await group.remove();
      return true;
    } catch {
      return false;
    }
  }, timeoutMs);
}
