import type { IsolationObstacle } from '../isolation.ts';
import type { LaunchMean } from '../machine/launch-means.ts';

/** What stands in the way, and what a sandbox may be made without. */
export interface Diagnosis extends IsolationObstacle {
  /** Missing where a sandbox cannot do without what this machine lacks. */
  readonly lacks?: LaunchMean;
}

/** What bubblewrap, prlimit or the kernel says when something stands in the way, and what that means. */
export interface KnownObstacle extends Diagnosis {
  readonly sign: RegExp;
}

/** The first whose sign is found in the text holds. */
export const knownObstacles: readonly KnownObstacle[] = [
  {
    // The second is for a root that may make no namespaces at all.
    sign: /No permissions to creat\w+ (?:a )?new namespace|Creating new namespace failed: Operation not permitted/,
    lacks: 'userNamespace',
    problem:
      'the kernel refuses user namespaces to this process, as in a container with the default security profile, in a chroot, or with kernel.unprivileged_userns_clone=0',
    fix: "In a container, start it with a security profile that allows clone, unshare, mount, umount2, pivot_root and sethostname; on a machine, run 'sysctl kernel.unprivileged_userns_clone=1'.",
  },
  {
    sign: /max_\*?\w*_namespaces exceeded|\(ENOSPC\)/,
    lacks: 'userNamespace',
    problem: 'the kernel has no namespaces left to give, most often because of user.max_user_namespaces=0',
    fix: "Run 'sysctl user.max_user_namespaces=15000'.",
  },
  {
    sign: /setting up (?:uid|gid) map|Failed RTM_NEWADDR|loopback: /,
    lacks: 'userNamespace',
    problem: 'AppArmor takes the rights of new user namespaces away, as Ubuntu does by default since 23.10',
    fix: "Give bubblewrap a profile: write 'abi <abi/4.0>, include <tunables/global> profile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }' to /etc/apparmor.d/bwrap, and run 'systemctl reload apparmor'.",
  },
  {
    sign: /Can't mount proc/,
    lacks: 'freshProc',
    problem: 'a fresh /proc cannot be mounted, because parts of the one here are masked, as in a container',
    fix: 'Start the container with --security-opt systempaths=unconfined and as a user other than root, or run the host outside of it.',
  },
  {
    sign: /pivot_root: Operation not permitted/,
    problem: 'the security profile of the container forbids pivot_root',
    fix: 'Start it with a security profile that allows pivot_root, or run the host outside of it.',
  },
  {
    sign: /systemd-run: Failed to connect to (?:\w+ )*bus/,
    lacks: 'controlGroup',
    problem:
      'there is no systemd of this user that would make a control group, so nothing would limit memory, processor and processes',
    fix: "Run 'loginctl enable-linger USER' as root and start the host again, or run the host as a systemd service with Delegate=yes.",
  },
  {
    sign: /(?:systemd-run|busctl) ENOENT|busctl[^]*Failed to (?:connect to|set bus address|open).* bus/,
    lacks: 'controlGroup',
    problem:
      'systemd cannot be asked to put a process into a control group, so nothing would limit memory, processor and processes',
    fix: "Run 'apt-get install systemd dbus-user-session' (Debian, Ubuntu) or 'dnf install systemd dbus-broker' (Fedora) and log in again, or run the host as a systemd service with Delegate=yes.",
  },
  {
    sign: /ENOENT: .*\/stella-host-[\d.]+-\w+\.scope/,
    problem:
      'the scope of systemd in which this host makes control groups is gone, as when its user has logged out',
    fix: "Run 'loginctl enable-linger USER' as root, and start the host again.",
  },
  {
    sign: /EROFS: .*cgroup/,
    lacks: 'controlGroup',
    problem:
      'the control groups here are read-only, as in a container, so nothing would limit memory, processor and processes',
    fix: 'Run the host outside of the container, or give the container control groups that it may write.',
  },
  {
    sign: /E(?:ACCES|PERM): .*cgroup/,
    lacks: 'controlGroup',
    problem:
      'this user may not make control groups below its own, so nothing would limit memory, processor and processes',
    fix: "Run the host as root, or as a systemd service with Delegate=yes; or, on cgroup v1, have root delegate: for each of memory, cpu, cpuacct and pids, 'mkdir /sys/fs/cgroup/CONTROLLER/stella', 'chown -R USER' of it, and the host's pid written to its cgroup.procs before the host starts.",
  },
  {
    sign: /Failed to mount tmpfs|mkdtemp '\/tmp/,
    problem: 'bubblewrap needs a directory /tmp on the host to build its file system on',
    fix: "Run 'mkdir -m 1777 /tmp'.",
  },
  {
    sign: /error while loading shared libraries/,
    problem:
      'the Node binary does not find its libraries inside the sandbox, because they are where only a search path leads',
    fix: 'Run the host with a Node from its official builds.',
  },
  {
    sign: /all users from \d+ to \d+ are taken/,
    problem: 'every user that a plugin could run as is taken by another one',
    fix: 'Stop some plugins.',
  },
];

/** What a text means; one that is not known is shown as it is, and is an obstacle all the same. */
export function diagnose(text: string): Diagnosis {
  const known = knownObstacles.find(({ sign }) => sign.test(text));
  if (known !== undefined) {
    const { sign: _, ...diagnosis } = known;
    return { ...diagnosis, problem: `${known.problem} (${oneLine(text)})` };
  }
  return {
    problem: `the trial of a sandbox failed with: ${oneLine(text)}`,
    fix: "Mend what it names; 'stella-plugin doctor' looks at everything that a machine needs, and bwrap(1) explains it.",
  };
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').slice(0, 500);
}
