import { describe, expect, it } from '@jest/globals';
import type { RunnerFrame } from '../../src/wire/connection.ts';
import { call, cancel, HostileRunner } from './hostile-runner.ts';
import { framed, message } from './raw-stream.ts';
import { openWireHost } from './wire-host.ts';

const attachments = [{ pointer: '/a', data: Buffer.from('binary') }];
const failure = { code: 'CALL_FAILED', detailsJson: '{"problem":"x"}', stack: 'at y' };
const frames: readonly RunnerFrame[] = [
  call(1, { request: { json: '{"a":null}', attachments } }),
  { $case: 'answer', value: { id: 1, result: { $case: 'failure', value: failure } } },
  { $case: 'controlDone', value: { id: 1, failure } },
  cancel(1, 'why'),
  { $case: 'log', value: { level: 2, message: 'hello', fieldsJson: '{"a":1}' } },
];

/** Numbers that are the same in every run: a linear congruential generator with the constants of Numerical Recipes. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

describe('frames in which bytes were changed', () => {
  it.each([1, 2, 3, 4])('are served, or end the sandbox as a violation; seed %i', async (seed) => {
    const random = numbers(seed);
    const next = (below: number): number => random.next().value % below;
    let violations = 0;
    for (let round = 0; round < 50; round++) {
      await using host = await openWireHost();
      using runner = await HostileRunner.greet(host.path);
      const bytes = message(...frames).subarray(5);
      for (let changes = 1 + next(4); changes > 0; changes--) bytes[next(bytes.length)] = next(256);
      runner.attach.send(framed(bytes));
      const outcome = await Promise.race([host.closed, runner.prove().catch(() => host.closed)]);
      if (outcome === undefined) continue;
      expect(outcome).toMatchObject({ code: 'SANDBOX_PROTOCOL_VIOLATION' });
      violations++;
    }
    expect(violations).toBeGreaterThan(0);
    expect(violations).toBeLessThan(50);
  });
});
