import { describe, expect, it, jest } from '@jest/globals';
import { runModel } from './run-model.ts';

jest.setTimeout(600_000);

const seed = 6;

describe('a host that random things are done to', () => {
  it.each(['builtIn', 'trusted', 'untrusted'] as const)('is at rest as its model says, %s', async (tier) => {
    const { failure, steps } = await runModel({ tier, steps: 3_400, seed });
    expect(failure).toBeUndefined();
    expect(steps).toBeGreaterThanOrEqual(3_400);
  });
});
