import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const program = fileURLToPath(new URL('../programs/signalled-host.ts', import.meta.url));

describe('a host that stops on signals', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('stops its plugins, and its process ends by %s', async (signal) => {
    await using host = await startProgram('plain');
    host.send(signal);
    await expect(host.end()).resolves.toEqual({ code: null, signal });
    expect(host.lines).toEqual(['up', 'first is told to stop', 'first has stopped']);
  });

  it('does not wait when a second signal comes', async () => {
    await using host = await startProgram('hanging');
    host.send('SIGTERM');
    await host.line('hanging is told to stop');
    host.send('SIGINT');
    await expect(host.end()).resolves.toEqual({ code: null, signal: 'SIGINT' });
    expect(host.lines).not.toContain('hanging has stopped');
  });

  it('leaves the end of the process to an application that listens itself', async () => {
    await using host = await startProgram('listening');
    host.send('SIGTERM');
    await host.line('first has stopped');
    host.send('SIGTERM');
    await host.line('the application heard it', 2);
    expect(host.isRunning()).toBe(true);
    host.send('SIGINT');
    await expect(host.end()).resolves.toEqual({ code: null, signal: 'SIGINT' });
  });

  it('lets the other hosts of the process stop too', async () => {
    await using host = await startProgram('two');
    host.send('SIGTERM');
    await expect(host.end()).resolves.toEqual({ code: null, signal: 'SIGTERM' });
    expect(host.lines.toSorted()).toEqual(
      [
        'up',
        'first is told to stop',
        'slow is told to stop',
        'first has stopped',
        'slow has stopped',
      ].toSorted(),
    );
  });

  it.each(['stopped', 'deaf'])(
    'listens to none when it has stopped, or was not told to (%s)',
    async (kind) => {
      await using host = await startProgram(kind);
      const before = host.lines.length;
      host.send('SIGTERM');
      await expect(host.end()).resolves.toEqual({ code: null, signal: 'SIGTERM' });
      expect(host.lines).toHaveLength(before);
    },
  );
});

/** The program, when it is up. */
async function startProgram(kind: string) {
  const child = spawn(process.execPath, [program, kind], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const early = ended.then(() => Promise.reject(new Error('the program has ended')));
  early.catch(() => undefined);
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => lines.push(line));
  const count = (text: string): number => lines.filter((line) => line === text).length;
  const line = async (text: string, times = 1): Promise<void> => {
    while (count(text) < times) {
      await Promise.race([once(reader, 'line'), early]);
    }
  };
  await line('up');
  return {
    lines,
    line,
    send: (signal: NodeJS.Signals) => child.kill(signal),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    end: async () => {
      const [code, signal] = await ended;
      return { code, signal };
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
