import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { decideBubblewrap, isOnPath } from './bubblewrap.ts';

/** Sees to the one system package, bubblewrap: `false`, with the reason on stderr, when a person has to act first. */
export function setUp(): boolean {
  const action = decideBubblewrap({
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    hasBubblewrap: isOnPath('bwrap'),
    osRelease: existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '',
  });
  switch (action.kind) {
    case 'ready':
      return true;
    case 'unsupported':
      say(
        `The sandbox needs Linux, and this is ${process.platform}: untrusted plugins are refused here.`,
        'Built-in and trusted plugins run. To see all three tiers, run this on Linux.',
      );
      return true;
    case 'install':
      say(`bubblewrap, which isolates untrusted plugins, is missing. Installing it: ${action.command}`);
      if (install(action.command, action.refresh)) return true;
      say(
        'bubblewrap could not be installed; what the package manager said is above. Install it, then try again.',
      );
      return false;
    case 'ask':
      say(
        'bubblewrap, which isolates untrusted plugins, is missing. Install it, then try again:',
        `  ${action.command ?? "with your system's package manager; the package is called bubblewrap"}`,
      );
      return false;
  }
}

/** A stale or empty list of packages shows as a failed install: then, and only then, it is fetched. */
function install(command: string, refresh: string | undefined): boolean {
  if (refresh === undefined) return run(command, 'inherit') && isOnPath('bwrap');
  return (
    (run(command, 'ignore') || (run(refresh, 'inherit') && run(command, 'inherit'))) && isOnPath('bwrap')
  );
}

function run(command: string, output: 'inherit' | 'ignore'): boolean {
  const [file = '', ...args] = command.split(' ');
  const toStderr = output === 'inherit' ? 2 : 'ignore';
  const { status } = spawnSync(file, args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', toStderr, toStderr],
  });
  return status === 0;
}

function say(...lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
}
