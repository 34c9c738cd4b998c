import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import type { RunnerObservation } from '../../../src/isolation/isolation.ts';
import { describeAsRoot } from '../stand-in.ts';
import { makeSelfCheck } from './self-check.ts';

describeAsRoot('what the runner tries', () => {
  it('succeeds where nothing isolates, so that a failure is the doing of the isolation', async () => {
    const folder = await mkdtemp('/tmp/stella-self-check-');
    try {
      const file = join(folder, 'self-check.cjs');
      await writeFile(file, (await makeSelfCheck()).files['self-check.cjs'] ?? '');
      const script = `require(${JSON.stringify(file)}).checkIsolation().then((seen) => console.log(JSON.stringify(seen)));`;
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
        env: { ...process.env, SECRET: 'x' },
      });
      const observations = JSON.parse(stdout) as readonly RunnerObservation[];
      const held = observations.filter((observation) => observation.held).map(({ tried }) => tried);
      // Whether there is a way out depends on the machine.
      expect(held.filter((tried) => !/^(?:connect|send)|^interfaces/.test(tried))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
