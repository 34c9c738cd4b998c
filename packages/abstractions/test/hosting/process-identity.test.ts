import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { findPresence, formatIdentity, parseIdentity, readOwnIdentity } from '../../src/hosting.ts';

describe('the identity of a process', () => {
  it('is the same each time, and that of a process that runs', async () => {
    const own = await readOwnIdentity();
    expect(own.pid).toBe(process.pid);
    expect(await readOwnIdentity()).toEqual(own);
    expect(await findPresence(own)).toBe('running');
  });

  it('comes back from the text that names of files carry', async () => {
    const own = await readOwnIdentity();
    expect(formatIdentity(own)).toMatch(/^\d+\.\d+\.\d+$/);
    expect(parseIdentity(formatIdentity(own))).toEqual(own);
    const identity = { pidNamespace: '4026531836', pid: 17, startTime: '99' };
    expect(formatIdentity(identity)).toBe('4026531836.17.99');
    expect(parseIdentity('4026531836.17.99')).toEqual(identity);
  });

  it.each(['', '1.2', '1.2.3.4', '1.-2.3', 'a.b.c', '1.2.3\n', ' 1.2.3', '..', '1..3'])(
    'is not in the text %j',
    (text) => {
      expect(parseIdentity(text)).toBeUndefined();
    },
  );

  it('is gone when the number was given to another process', async () => {
    const own = await readOwnIdentity();
    expect(await findPresence({ ...own, startTime: '1' })).toBe('gone');
  });

  it('is gone when no process has the number', async () => {
    const own = await readOwnIdentity();
    expect(await findPresence({ ...own, pid: 2 ** 30 })).toBe('gone');
    expect(await findPresence({ ...own, pid: 2 ** 30, startTime: '0' })).toBe('gone');
  });

  it('is unknown when it belongs to processes that cannot be seen from here', async () => {
    const own = await readOwnIdentity();
    expect(await findPresence({ ...own, pidNamespace: '1' })).toBe('unknown');
  });

  it('is told by the number alone where there is no start time', async () => {
    const own = await readOwnIdentity();
    expect(await findPresence({ ...own, startTime: '0' })).toBe('running');
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('is gone when the process has ended and only waits for its parent to notice', async () => {
    const own = await readOwnIdentity();
    // The shell becomes a program that never asks after the child it has; the child ends when it is given nothing more to read.
    const script = 'cat <&3 >/dev/null & echo $!; exec 3<&- cat';
    const parent = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore', 'pipe'] });
    try {
      const lines = createInterface(parent.stdout as Readable)[Symbol.asyncIterator](); // a pipe, as said above
      const pid = Number((await lines.next()).value);
      parent.stdin?.write('is it a cat?\n');
      await lines.next();
      const identity = { ...own, pid, startTime: await readStartTime(pid) };
      expect(await findPresence(identity)).toBe('running');
      parent.stdio[3]?.destroy();
      // Should it count as running for ever, jest ends this.
      while ((await findPresence(identity)) === 'running');
      expect(await readFile(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
    } finally {
      parent.kill();
      await once(parent, 'exit');
    }
  });
});

/** Field 22 of proc_pid_stat(5); the second one, the name of the program, holds no space here. */
async function readStartTime(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ')[21] ?? '';
}
