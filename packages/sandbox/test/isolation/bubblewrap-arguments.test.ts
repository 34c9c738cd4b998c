import { execFile } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { defaultSandboxLimits } from '@stellaops/plugin-abstractions/hosting';
import {
  bubblewrapArguments,
  type BubblewrapSandbox,
} from '../../src/isolation/start/bubblewrap-arguments.ts';
import { allLaunchMeans } from '../../src/isolation/machine/launch-means.ts';

const sandbox: BubblewrapSandbox = {
  features: { hasTmpfsSize: true, hasDisableUserns: true },
  means: allLaunchMeans,
  maskedProc: { directories: ['/proc/sys'], files: ['/proc/kallsyms'] },
  nodeFile: '/opt/node/bin/node',
  libraries: ['/lib/libc.so.6', '/lib64/ld-linux-x86-64.so.2'],
  preparations: [],
  nodeArguments: ['--no-warnings'],
  runnerArguments: ['ahead'],
  runnerFile: '/opt/stella/bundle/runner.mjs',
  packageDirectory: '/var/lib/stella/store/ab12',
  socketPath: '/var/lib/stella/scratch/1/host.sock',
  environment: {},
  limits: defaultSandboxLimits,
  mark: undefined,
};

describe('the arguments of bubblewrap', () => {
  it('carry a mark where a sandbox has one, which the plugin does not see', () => {
    const { commandLine, rest } = bubblewrapArguments({ ...sandbox, mark: 'stella-sandbox-1' });
    expect(commandLine.join(' ')).toContain(' --setenv STELLA_SANDBOX stella-sandbox-1 --seccomp');
    expect(rest).toContain('--clearenv');
  });

  it('separate first, and make the file system and the environment only when they are told to', () => {
    const { commandLine, rest } = bubblewrapArguments(sandbox);
    expect(commandLine.join(' ')).toBe(
      [
        '--unshare-user --uid 65534 --gid 65534 --disable-userns',
        '--unshare-ipc --unshare-pid --unshare-net --unshare-cgroup-try --hostname plugin',
        '--die-with-parent --new-session --cap-drop ALL',
        '--seccomp 3 --info-fd 4 --args 5',
        '-- /runtime/node --max-old-space-size=153 --no-warnings /runtime/runner.mjs ahead',
      ].join(' '),
    );
    expect(rest.join(' ')).toBe(
      [
        '--unshare-uts --dir /lib --dir /lib64 --dir /runtime --dir /run',
        '--ro-bind /lib/libc.so.6 /lib/libc.so.6',
        '--ro-bind /lib64/ld-linux-x86-64.so.2 /lib64/ld-linux-x86-64.so.2',
        '--ro-bind /opt/node/bin/node /runtime/node',
        '--ro-bind /opt/stella/bundle/runner.mjs /runtime/runner.mjs',
        '--ro-bind /var/lib/stella/store/ab12 /plugin',
        '--ro-bind /var/lib/stella/scratch/1/host.sock /run/host.sock',
        '--proc /proc --size 4096 --tmpfs /proc/sys --remount-ro /proc/sys --ro-bind /dev/null /proc/kallsyms',
        '--dev /dev --remount-ro /dev --size 33554432 --perms 1777 --tmpfs /tmp --remount-ro / --chdir /plugin',
        '--clearenv --setenv PATH /runtime --setenv HOME /tmp --setenv TMPDIR /tmp --setenv LANG C.UTF-8',
        '--setenv STELLA_HOST_SOCKET /run/host.sock',
      ].join(' '),
    );
  });

  it('are refused by bubblewrap itself when the rest of them never comes', async () => {
    const command = bubblewrapArguments(sandbox)
      .commandLine.join(' ')
      .replace('--seccomp 3 --info-fd 4 --args 5', '--args 0');
    const ended = new Promise((resolve) => {
      execFile('bwrap', command.split(' '), (error, _, said) =>
        resolve({ code: error?.code, said }),
      ).stdin?.end();
    });
    expect(await ended).toEqual({ code: 1, said: 'bwrap: Specifying --hostname requires --unshare-uts\n' });
  });

  it('leave out what an older bubblewrap does not know', () => {
    const features = { hasTmpfsSize: false, hasDisableUserns: false };
    const { commandLine, rest } = bubblewrapArguments({ ...sandbox, features });
    expect(rest).not.toContain('--size');
    expect(commandLine).not.toContain('--disable-userns');
    expect(commandLine).toContain('--unshare-user');
  });

  it('leave the user and the privileges to the program before Node where there are no user namespaces', () => {
    const preparations = [
      {
        file: '/usr/bin/setpriv',
        libraries: ['/lib/libc.so.6', '/lib/libcap-ng.so.0'],
        arguments: ['--reuid', '60706', '--'],
      },
    ];
    const means = { ...allLaunchMeans, userNamespace: false };
    const { commandLine, rest } = bubblewrapArguments({ ...sandbox, means, preparations });
    for (const option of ['--unshare-user', '--uid', '--gid', '--disable-userns'])
      expect(commandLine).not.toContain(option);
    expect(commandLine.join(' ')).toContain(
      '--cap-drop ALL --cap-add CAP_SETUID --cap-add CAP_SETGID --cap-add CAP_SETPCAP --seccomp',
    );
    expect(commandLine.join(' ')).toContain('-- /runtime/setpriv --reuid 60706 -- /runtime/node --max-old');
    const binds = rest.join(' ');
    expect(binds).toContain('--ro-bind /usr/bin/setpriv /runtime/setpriv');
    expect(binds).toContain('--ro-bind /lib/libcap-ng.so.0 /lib/libcap-ng.so.0');
    expect(binds.match(/--ro-bind \/lib\/libc\.so\.6 /g)).toHaveLength(1);
  });

  it('show no /proc, and set nothing below it, where a fresh one cannot be mounted', () => {
    const { commandLine, rest } = bubblewrapArguments({
      ...sandbox,
      means: { ...allLaunchMeans, freshProc: false },
    });
    expect([...commandLine, ...rest].filter((word) => word.includes('/proc'))).toEqual([]);
    expect(commandLine).not.toContain('--disable-userns');
    expect(commandLine).toContain('--unshare-user');
  });

  it('carry the environment that was asked for, and never another socket', () => {
    const environment = { TZ: 'Europe/Vienna', LANG: 'de_AT.UTF-8', STELLA_HOST_SOCKET: '/elsewhere' };
    const list = bubblewrapArguments({ ...sandbox, environment }).rest.join(' ');
    expect(list).toContain('--setenv TZ Europe/Vienna');
    expect(list).toContain('--setenv LANG de_AT.UTF-8');
    expect(list).toContain('--setenv STELLA_HOST_SOCKET /run/host.sock');
    expect(list).not.toContain('/elsewhere');
  });
});
