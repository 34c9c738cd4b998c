import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { gateId, startGateHost } from './gate-host.ts';
import { statusOf } from './start-host.ts';

describe('a file system that does not answer', () => {
  it('ends a re-scan with a code, and leaves at work what runs', async () => {
    await using gate = await startGateHost('untrusted', { timeouts: { admitTimeoutMs: 2000 } });
    await gate.put('2.0.0');
    {
      await using _ = await hangFiles();
      await expect(gate.host.rescan()).rejects.toMatchObject({ code: 'PACKAGE_INVALID' });
      expect(gate.host.plugins()).toMatchObject([{ version: '1.0.0', state: 'active' }]);
      await expect(gate.gate.version(null)).resolves.toBe('1.0.0');
    }
    await gate.host.rescan();
    expect(statusOf(gate.host, gateId)).toMatchObject({ version: '2.0.0', state: 'active' });
  });

  it('does not keep a sandbox from being given up, nor the host from stopping', async () => {
    await using gate = await startGateHost('untrusted', {
      activation: 'onFirstCall',
      timeouts: { loadTimeoutMs: 100, disposeTimeoutMs: 100 },
    });
    await using _ = await hangFiles();
    await expect(gate.gate.version(null)).rejects.toMatchObject({
      code: 'LIFECYCLE_TIMED_OUT',
      details: { phase: 'load' },
    });
    await gate.host.stop();
    const told = gate.logger.lines.map(({ message }) => message);
    expect(told).toContain('files of this host in the state directory could not be removed');
  });
});

/**
 * Hangs every asynchronous use of a file in this process, until disposed: all threads that do it (UV_THREADPOOL_SIZE, 4 unless said
 * otherwise) open pipes that nobody writes to, which waits (fifo(7)).
 */
async function hangFiles() {
  const folder = await mkdtemp(join(tmpdir(), 'stella-hang-'));
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
  const pipes = Array.from({ length: threads }, (_, index) => join(folder, String(index)));
  execFileSync('mkfifo', pipes);
  const opening = pipes.map((pipe) => open(pipe, 'r'));
  const dispose = async (): Promise<void> => {
    for (const pipe of pipes) closeSync(await openWriter(pipe));
    for (const handle of await Promise.all(opening)) await handle.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { [Symbol.asyncDispose]: dispose };
}

/** Opens the other end without a thread, when a thread has come to wait for it. */
async function openWriter(pipe: string): Promise<number> {
  for (;;) {
    try {
      return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      await new Promise(setImmediate); // nobody waits for it yet
    }
  }
}
