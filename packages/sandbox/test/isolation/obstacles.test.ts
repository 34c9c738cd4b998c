import { describe, expect, it } from '@jest/globals';
import { diagnose, knownObstacles } from '../../src/isolation/find/obstacles.ts';

const said = [
  {
    text: "bwrap: No permissions to create a new namespace, likely because the kernel does not allow non-privileged user namespaces. On e.g. debian this can be enabled with 'sysctl kernel.unprivileged_userns_clone=1'.",
    problem: 'refuses user namespaces',
    fix: 'kernel.unprivileged_userns_clone=1',
  },
  {
    text: 'bwrap: No permissions to creating new namespace, likely because the kernel does not allow non-privileged user namespaces.',
    problem: 'refuses user namespaces',
    fix: 'security profile',
  },
  {
    text: 'bwrap: Creating new namespace failed: Operation not permitted',
    problem: 'refuses user namespaces',
    fix: 'security profile',
  },
  {
    text: 'bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)',
    problem: 'user.max_user_namespaces=0',
    fix: 'sysctl user.max_user_namespaces=',
  },
  { text: 'bwrap: setting up uid map: Permission denied', problem: 'AppArmor', fix: '/etc/apparmor.d/bwrap' },
  {
    text: 'bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted',
    problem: 'AppArmor',
    fix: '/etc/apparmor.d/bwrap',
  },
  {
    text: "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
    problem: 'fresh /proc',
    fix: 'systempaths=unconfined',
  },
  {
    text: 'bwrap: pivot_root: Operation not permitted',
    problem: 'forbids pivot_root',
    fix: 'allows pivot_root',
  },
  {
    text: 'systemd-run: Failed to connect to user scope bus via local transport: No such file or directory',
    problem: 'no systemd of this user',
    fix: 'loginctl enable-linger',
  },
  {
    text: 'systemd-run: Failed to connect to bus: No such file or directory',
    problem: 'no systemd of this user',
    fix: 'loginctl enable-linger',
  },
  {
    text: 'spawn busctl ENOENT',
    problem: 'systemd cannot be asked',
    fix: 'dbus-user-session',
  },
  {
    text: 'Command failed: busctl --user call org.freedesktop.systemd1 /org/freedesktop/systemd1\nFailed to connect to bus: No such file or directory',
    problem: 'systemd cannot be asked',
    fix: 'dbus-user-session',
  },
  {
    text: "ENOENT: no such file or directory, mkdir '/sys/fs/cgroup/app.slice/stella-host-1.2.3-0a1b2c3d.scope/stella-plugin-1.2.3-1-a'",
    problem: 'the scope of systemd',
    fix: 'loginctl enable-linger',
  },
  {
    text: "EROFS: read-only file system, mkdir '/sys/fs/cgroup/memory/stella-plugin-1.2.3-1-a'",
    problem: 'read-only',
    fix: 'outside of the container',
  },
  {
    text: "EACCES: permission denied, mkdir '/sys/fs/cgroup/memory/stella-plugin-1.2.3-1-a'",
    problem: 'may not make control groups',
    fix: 'delegate',
  },
  {
    text: "ENOENT: no such file or directory, mkdtemp '/tmp/stella-sandbox-XXXXXX'",
    problem: '/tmp',
    fix: 'mkdir',
  },
  {
    text: '/runtime/node: error while loading shared libraries: libatomic.so.1: cannot open shared object file',
    problem: 'libraries',
    fix: 'official builds',
  },
];

describe('what stands in the way of isolation', () => {
  it.each(said)('is named, shown and given a way out: $problem', ({ text, problem, fix }) => {
    const obstacle = diagnose(text);
    expect(obstacle.problem).toContain(problem);
    expect(obstacle.problem).toContain(text.slice(0, 60));
    expect(obstacle.fix).toContain(fix);
  });

  it('is shown as it is when nobody knows it, and is an obstacle all the same', () => {
    expect(diagnose('bwrap: something\n new ').problem).toBe(
      'the trial of a sandbox failed with: bwrap: something new',
    );
  });

  it('reads as one sentence, and its way out as whole ones', () => {
    for (const { problem, fix } of knownObstacles) {
      expect(problem).toMatch(/^\S.*[^.]$/);
      expect(fix).toMatch(/^[A-Z].*\.$/);
    }
  });
});
