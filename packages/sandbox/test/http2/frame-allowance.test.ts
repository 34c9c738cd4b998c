import { describe, expect, it, jest } from '@jest/globals';
import { FrameAllowance } from '../../src/http2/frame-allowance.ts';

const problem = 'it sent more than 1000 frames in a second that carry nothing';

/** Spends, at a time in ms. */
function spendAt(allowance: FrameAllowance, now: number, count: number): void {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(now);
  try {
    for (let spent = 0; spent < count; spent++) allowance.spend();
  } finally {
    clock.mockRestore();
  }
}

function allowanceAt(now: number): FrameAllowance {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(now);
  try {
    return new FrameAllowance();
  } finally {
    clock.mockRestore();
  }
}

describe('frames that carry nothing', () => {
  it('may come a thousand at once, and no more', () => {
    const allowance = allowanceAt(5000);
    spendAt(allowance, 5000, 1000);
    expect(() => spendAt(allowance, 5000, 1)).toThrow(
      expect.objectContaining({ code: 11, message: problem }),
    );
  });

  it('may come one in a millisecond for ever', () => {
    const allowance = allowanceAt(0);
    spendAt(allowance, 0, 1000);
    for (let now = 1; now <= 3000; now++) spendAt(allowance, now, 1);
    expect(() => spendAt(allowance, 3000, 1)).toThrow(problem);
  });

  it('are no more than a thousand at once after a long rest', () => {
    const allowance = allowanceAt(0);
    spendAt(allowance, 0, 1000);
    spendAt(allowance, 3_600_000, 1000);
    expect(() => spendAt(allowance, 3_600_000, 1)).toThrow(problem);
  });

  it('are not earned in parts of a millisecond', () => {
    const allowance = allowanceAt(0);
    spendAt(allowance, 0, 1000);
    expect(() => spendAt(allowance, 0.9, 1)).toThrow(problem);
    spendAt(allowance, 1, 1);
  });
});
