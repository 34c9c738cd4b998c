import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import { makeDurablePostgres } from '@stellaops-tools/postgres';

const program = join(import.meta.dirname, 'fixtures/paused-watcher.ts');

describe('a registry whose PostgreSQL stands still', () => {
  it('is closed all the same, and keeps no process alive', async () => {
    await using server = makeDurablePostgres();
    await server.start();
    const watcher = spawn(process.execPath, [program, server.connectionString], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(watcher, 'close');
    try {
      const said: string[] = [];
      for await (const line of createInterface(watcher.stdout)) {
        said.push(line);
        if (line !== 'watching') continue;
        server.pause();
        watcher.stdin.write('go on');
      }
      expect(said).toEqual(['watching', 'closed']);
      expect(await ended).toEqual([0, null]);
    } finally {
      watcher.kill('SIGKILL');
      await ended;
      server.resume();
    }
  });
});
