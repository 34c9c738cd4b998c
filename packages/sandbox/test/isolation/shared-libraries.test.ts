import { describe, expect, it } from '@jest/globals';
import { findSharedLibraries, parseLdd } from '../../src/isolation/machine/shared-libraries.ts';

describe('the libraries of a program', () => {
  it('are those with a path, the dynamic linker among them', () => {
    const output = [
      '\tlinux-vdso.so.1 (0x00007ffd5a1f2000)',
      '\tlibdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007f1a2b3c4000)',
      '\t/lib64/ld-linux-x86-64.so.2 (0x00007f1a2b5d6000)',
      '',
    ].join('\n');
    expect(parseLdd(output)).toEqual(['/lib/x86_64-linux-gnu/libdl.so.2', '/lib64/ld-linux-x86-64.so.2']);
  });

  it('are found likewise on aarch64', () => {
    const output = [
      '\tlinux-vdso.so.1 (0x0000ffff9c3f0000)',
      '\tlibc.so.6 => /lib/aarch64-linux-gnu/libc.so.6 (0x0000ffff9c1a0000)',
      '\t/lib/ld-linux-aarch64.so.1 (0x0000ffff9c3b3000)',
      '',
    ].join('\n');
    expect(parseLdd(output)).toEqual(['/lib/aarch64-linux-gnu/libc.so.6', '/lib/ld-linux-aarch64.so.1']);
  });

  it('are refused when one is not installed', () => {
    expect(() => parseLdd('\tlibatomic.so.1 => not found\n')).toThrow(
      'the library libatomic.so.1 is not installed',
    );
  });

  it('are found for the Node that runs this', async () => {
    expect(await findSharedLibraries('/usr/bin/ldd', process.execPath)).toContainEqual(
      expect.stringMatching(/\/libc\.so\.6$/),
    );
  });

  it('are none for what is not a dynamic program', async () => {
    expect(await findSharedLibraries('/usr/bin/ldd', new URL(import.meta.url).pathname)).toEqual([]);
  });
});
