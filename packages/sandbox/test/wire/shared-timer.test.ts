import { afterEach, expect, it, jest } from '@jest/globals';
import { SharedTimer } from '../../src/wire/shared-timer.ts';

const longest = 2_147_483_647;

afterEach(() => {
  jest.useRealTimers();
});

it('waits for what expires later than a timer can, and does not wake again and again', () => {
  jest.useFakeTimers();
  const set = jest.spyOn(globalThis, 'setTimeout');
  const timer = new SharedTimer(() => []);
  timer.wakeAt(longest + 0.25, 0);
  expect(set).toHaveBeenCalledWith(expect.any(Function), longest);
});
