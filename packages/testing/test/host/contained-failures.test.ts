import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const program = fileURLToPath(new URL('../programs/failing-host.ts', import.meta.url));

describe('a host that contains what fails in its process', () => {
  it.each(['timer', 'rejection', 'later', 'microtask', 'start'])(
    'outlives code of a plugin that fails by itself, and marks the plugin as failed (%s)',
    async (kind) => {
      const { code, lines } = await run(kind);
      expect(lines).toEqual([
        'told to stop',
        `failed: Plugin test.plugin failed to run: ${kind}. Its log and the cause of this error say more.`,
      ]);
      expect(code).toBe(0);
    },
  );

  it('knows what a stream of a plugin began', async () => {
    expect((await run('stream')).lines).toContain(
      'failed: Plugin test.plugin failed to run: later. Its log and the cause of this error say more.',
    );
  });

  it.each(['foreign', 'two', 'stopped'])(
    'lets what is of no plugin end the process as always (%s)',
    async (kind) => {
      const { code, lines, errors } = await run(kind);
      expect(code).toBe(1);
      expect(errors).toContain('Error: foreign');
      expect(lines).not.toContain(expect.stringContaining('failed'));
    },
  );

  it('leaves what is of no plugin to an application that listens itself', async () => {
    const { code, lines } = await run('listening');
    expect(lines).toContain('the application heard foreign');
    expect(code).toBe(3);
  });

  it('contains nothing unless it is told to', async () => {
    const { code, errors } = await run('off');
    expect(code).toBe(1);
    expect(errors).toContain('Error: timer');
  });
});

/** Runs the program to its end. */
function run(kind: string): Promise<{ code: number | undefined; lines: string[]; errors: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, kind], { timeout: 15_000 }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? undefined : 0;
      resolve({ code, lines: stdout.split('\n').filter(Boolean), errors: stderr });
    });
  });
}
