import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { rehearse } from '../../src/runner/rehearsal.ts';

describe('a rehearsal', () => {
  it('goes well from the loading of its plugin to the end, and leaves nothing', async () => {
    await rehearse();
    expect(existsSync('/tmp/rehearsal')).toBe(false);
  });
});
