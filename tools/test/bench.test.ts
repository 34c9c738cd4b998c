import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { familyOf, isRunning } from '../../packages/testing/test/processes.ts';
import { readArguments } from '../bench/arguments.ts';
import { canPin, pin } from '../bench/machine/affinity.ts';
import { readMemory } from '../bench/machine/memory.ts';
import { recordsOf } from '../bench/programs/payloads.ts';
import { startSubject } from '../bench/subjects/subject.ts';
import { programCommand } from '../bench/subjects/subjects.ts';

describe('pnpm bench', () => {
  it('names the sections that there are when asked for another', () => {
    const main = join(import.meta.dirname, '../bench/main.ts');
    const { status, stderr } = spawnSync(process.execPath, [main, 'nothing'], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^There is no section "nothing"\.\npnpm bench \[latency\|throughput\|/);
  });

  it('runs all sections when none is named, and in its own order', () => {
    const known = ['latency', 'throughput', 'streams'];
    expect(readArguments([], known)).toMatchObject({ sections: known, isQuick: false });
    expect(readArguments(['streams', 'latency', '--quick'], known)).toMatchObject({
      sections: ['latency', 'streams'],
      isQuick: true,
    });
  });

  it('writes no figures of a quick run into a document', () => {
    expect(() => readArguments(['--quick', '--document', 'page.md'], [])).toThrow('are not to be quoted');
    expect(() => readArguments(['--slow'], [])).toThrow("Unknown option '--slow'");
  });

  it('sends JSON of exactly the size that it says', () => {
    const sizes = [100, 1024, 64 * 1024];
    expect(sizes.map((bytes) => JSON.stringify(recordsOf(bytes)).length)).toEqual(sizes);
  });
});

describe('what the bench measures', () => {
  const calls = { kind: 'json', bytes: 100, calls: 20 };
  const stream = { measure: 'stream', bytes: 64 * 1024, totalBytes: 1024 * 1024 };

  it.each(['raw-socket.ts', 'fork.ts', 'worker-thread.ts', 'grpc.ts', 'plugin-host.ts'])(
    'answers every call: %s',
    async (program) => {
      await using subject = await startSubject(programCommand(program));
      expect(await subject.measure({ measure: 'latency', ...calls })).toMatchObject({ calls: 20 });
      expect(await subject.measure({ measure: 'throughput', ...calls, inFlight: 7 })).toMatchObject({
        calls: 20,
      });
    },
  );

  it.each(['raw-socket.ts', 'grpc.ts', 'plugin-host.ts'])('streams both ways: %s', async (program) => {
    await using subject = await startSubject(programCommand(program));
    for (const direction of ['toPlugin', 'toHost']) {
      const { bytes } = await subject.measure<{ bytes: number }>({ ...stream, direction });
      expect(bytes).toBeGreaterThanOrEqual(stream.totalBytes);
    }
  });

  it('says what it cannot', async () => {
    await using subject = await startSubject(programCommand('fork.ts'));
    await expect(subject.measure({ ...stream, direction: 'toHost' })).rejects.toThrow(
      'it carries no streams',
    );
    await expect(subject.measure({ measure: 'mood' })).rejects.toThrow('it cannot measure mood');
  });

  it('says how a program ended that does not start', async () => {
    await expect(startSubject([process.execPath, '--eval', 'process.exit(3)'])).rejects.toThrow(
      'has ended: 3',
    );
  });

  it('leaves no process behind', async () => {
    const subject = await startSubject(programCommand('raw-socket.ts'));
    const family = await subject.processIds();
    expect(family).toHaveLength(2);
    await subject[Symbol.asyncDispose]();
    for (const processId of family) expect(await isRunning(processId)).toBe(false);
  });
});

describe('what the bench reads of processes', () => {
  it('is their memory, whole and shared', () => {
    const { rssMiB, pssMiB } = readMemory(process.pid);
    expect(pssMiB).toBeGreaterThan(0);
    expect(rssMiB).toBeGreaterThanOrEqual(pssMiB);
  });

  (canPin() ? it : it.skip)(
    'is on one processor when they are kept there, with all of their threads',
    async () => {
      const child = spawn(process.execPath, [
        '--eval',
        'console.log("up"); setInterval(() => undefined, 1000)',
      ]);
      try {
        await once(child.stdout, 'data');
        await pin(await familyOf(child.pid ?? 0));
        const tasks = `/proc/${child.pid}/task`;
        const allowed = readdirSync(tasks).map(
          (task) => /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`${tasks}/${task}/status`, 'utf8'))?.[1],
        );
        expect(allowed.length).toBeGreaterThan(1);
        expect(new Set(allowed).size).toBe(1);
        expect(allowed[0]).toMatch(/^\d+$/);
      } finally {
        child.kill('SIGKILL');
      }
    },
  );
});
