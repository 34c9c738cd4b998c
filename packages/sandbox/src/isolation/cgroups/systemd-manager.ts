/** The systemd of the machine, or that of one user (user@.service(5)). */
export type SystemdManager = 'system' | 'user';

/** How long systemd may take to answer. */
export const systemdTimeoutMs = 20_000;

/** What programs that talk to systemd get, and nothing else: a service is often started without what a login sets. */
export function systemdEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: `${process.env['PATH'] ?? ''}:/usr/bin:/bin`,
    XDG_RUNTIME_DIR: process.env['XDG_RUNTIME_DIR'] ?? `/run/user/${process.getuid?.() ?? 0}`,
  };
}
