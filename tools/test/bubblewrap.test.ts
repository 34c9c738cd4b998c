import { describe, expect, it } from '@jest/globals';
import { decideBubblewrap, isOnPath, type Machine } from '../bubblewrap.ts';

const debian = 'PRETTY_NAME="Debian GNU/Linux 13"\nID=debian\nVERSION_ID="13"\n';
const mint = 'ID=linuxmint\nID_LIKE="ubuntu debian"\n';
const fedora = 'ID=fedora\n';
const rocky = 'ID="rocky"\nID_LIKE="rhel centos fedora"\n';
const machine: Machine = { platform: 'linux', isRoot: true, hasBubblewrap: false, osRelease: debian };

describe('the decision about bubblewrap', () => {
  it('does nothing where bubblewrap is there', () => {
    expect(decideBubblewrap({ ...machine, hasBubblewrap: true })).toEqual({ kind: 'ready' });
  });

  it.each([debian, mint])('lets root install it with apt-get on the Debian family', (osRelease) => {
    expect(decideBubblewrap({ ...machine, osRelease })).toEqual({
      kind: 'install',
      command: 'apt-get install -y --no-install-recommends bubblewrap',
      refresh: 'apt-get update',
    });
  });

  it.each([fedora, rocky])('lets root install it with dnf on the Fedora family', (osRelease) => {
    expect(decideBubblewrap({ ...machine, osRelease })).toEqual({
      kind: 'install',
      command: 'dnf install -y bubblewrap',
      refresh: undefined,
    });
  });

  it('asks an ordinary user to run the exact command', () => {
    expect(decideBubblewrap({ ...machine, isRoot: false })).toEqual({
      kind: 'ask',
      command: 'sudo apt-get update && sudo apt-get install -y --no-install-recommends bubblewrap',
    });
  });

  it('asks even root on a system whose package manager it does not run itself', () => {
    expect(decideBubblewrap({ ...machine, osRelease: 'ID=arch\n' })).toEqual({
      kind: 'ask',
      command: 'pacman -S --noconfirm bubblewrap',
    });
  });

  it('knows no command for an unknown system', () => {
    expect(decideBubblewrap({ ...machine, osRelease: '' })).toEqual({ kind: 'ask', command: undefined });
  });

  it('needs no bubblewrap where there is no Linux', () => {
    expect(decideBubblewrap({ ...machine, platform: 'darwin' })).toEqual({ kind: 'unsupported' });
  });
});

it('finds a command on PATH, and only there', () => {
  expect(isOnPath('sh', '/nowhere:/bin')).toBe(true);
  expect(isOnPath('sh', '/nowhere')).toBe(false);
});
