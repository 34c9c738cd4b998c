import { describe, expect, it } from '@jest/globals';
import { usageInTime } from '../../src/observability/usage-in-time.ts';

describe('a sandbox that does not tell what it uses', () => {
  it('is given up, so that metrics are collected and the host can be inspected', async () => {
    await expect(usageInTime(() => new Promise(() => undefined))).resolves.toBeUndefined();
  });

  it('is one that is just ending', async () => {
    await expect(usageInTime(() => Promise.reject(new Error('ENOENT')))).resolves.toBeUndefined();
    await expect(usageInTime(() => Promise.resolve({ cpuMs: 7 }))).resolves.toEqual({ cpuMs: 7 });
  });
});
