import { describe, expect, it } from '@jest/globals';
import {
  detectBubblewrapFeatures,
  readBubblewrapHelp,
} from '../../src/isolation/machine/bubblewrap-features.ts';

const help = `usage: bwrap [OPTIONS...] [--] COMMAND [ARGS...]

    --args FD                    Parse NUL-separated args from FD
    --unshare-user               Create new user namespace
    --unshare-ipc                Create new ipc namespace
    --unshare-pid                Create new pid namespace
    --unshare-net                Create new network namespace
    --unshare-uts                Create new uts namespace
    --unshare-cgroup-try         Create new cgroup namespace if possible else continue by skipping it
    --uid UID                    Custom uid in the sandbox
    --gid GID                    Custom gid in the sandbox
    --hostname NAME              Custom hostname in the sandbox
    --chdir DIR                  Change directory to DIR
    --clearenv                   Unset all environment variables
    --setenv VAR VALUE           Set an environment variable
    --dir DEST                   Create dir at DEST
    --ro-bind SRC DEST           Bind mount the host path SRC readonly on DEST
    --remount-ro DEST            Remount DEST as readonly
    --proc DEST                  Mount new procfs on DEST
    --dev DEST                   Mount new dev on DEST
    --tmpfs DEST                 Mount new tmpfs on DEST
    --seccomp FD                 Load and use seccomp rules from FD
    --info-fd FD                 Write information about the running container to FD
    --new-session                Create a new terminal session
    --die-with-parent            Kills with SIGKILL child process (COMMAND) when bwrap or bwrap's parent dies.
    --cap-add CAP                Add cap CAP when running as privileged user
    --cap-drop CAP               Drop cap CAP when running as privileged user
    --perms OCTAL                Set permissions of next argument
`;

describe('the features of bubblewrap', () => {
  it('are read from its help', () => {
    expect(readBubblewrapHelp(help)).toEqual({ hasTmpfsSize: false, hasDisableUserns: false });
    expect(readBubblewrapHelp(`${help}    --size BYTES  Set size\n    --disable-userns  Disable\n`)).toEqual({
      hasTmpfsSize: true,
      hasDisableUserns: true,
    });
  });

  it('name each option that is missing, and the version to install', () => {
    const old = help.replace(/^ +--perms.*\n/m, '').replace(/^ +--clearenv.*\n/m, '');
    expect(readBubblewrapHelp(old)).toEqual({
      problem: 'this bubblewrap is too old: it lacks --clearenv, --perms',
      fix: 'Install bubblewrap 0.5.0 or later, better 0.8.0.',
    });
  });

  it('say why when it does not run', async () => {
    expect(await detectBubblewrapFeatures('/nonexistent/bwrap')).toMatchObject({
      problem: expect.stringContaining('/nonexistent/bwrap does not run'),
    });
  });
});
