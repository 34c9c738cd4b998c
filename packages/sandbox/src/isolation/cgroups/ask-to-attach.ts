import { askProgram } from '../machine/ask-program.ts';
import { systemdEnvironment, systemdTimeoutMs, type SystemdManager } from './systemd-manager.ts';

/** Which process is to be in which group. */
export interface Attachment {
  readonly manager: SystemdManager;
  /** The unit that was delegated. */
  readonly scope: string;
  readonly pid: number;
  /** A group below that of the scope, beginning with a slash. */
  readonly subgroup: string;
}

const manager1 = [
  'org.freedesktop.systemd1',
  '/org/freedesktop/systemd1',
  'org.freedesktop.systemd1.Manager',
] as const;

/** Has systemd move a process: org.freedesktop.systemd1(5), `AttachProcessesToUnit()`. Rejects with what it said when it refused. */
export async function askToAttach(
  { manager, scope, pid, subgroup }: Attachment,
  timeoutMs = systemdTimeoutMs,
): Promise<void> {
  const values = ['ssau', scope, subgroup, '1', String(pid)];
  await askProgram('busctl', [`--${manager}`, 'call', ...manager1, 'AttachProcessesToUnit', ...values], {
    env: systemdEnvironment(),
    timeoutMs,
  });
}
