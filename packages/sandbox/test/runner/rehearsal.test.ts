import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { rehearse } from '../../src/runner/rehearsal.ts';

const temporary = process.env['TMPDIR'];
afterEach(() => {
  if (temporary === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = temporary;
});

describe('a rehearsal', () => {
  it('goes well from the loading of its plugin to the end, and leaves nothing', async () => {
    const folder = (process.env['TMPDIR'] = await mkdtemp('/tmp/stella-rehearsal-'));
    try {
      await rehearse();
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
