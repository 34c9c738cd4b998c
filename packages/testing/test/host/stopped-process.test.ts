import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { trustLevels } from '../../src/index.ts';

const program = fileURLToPath(new URL('../programs/stopped-host.ts', import.meta.url));

describe('a host that has stopped', () => {
  it.each(trustLevels)(
    'keeps no process alive, whatever calls and streams were left, %s',
    async (tier) => {
      const child = spawn(process.execPath, [program, tier], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
        expect({ said, code }).toEqual({ said: 'stopped\n', code: 0 });
      } finally {
        child.kill('SIGKILL');
      }
    },
    60_000,
  );
});
