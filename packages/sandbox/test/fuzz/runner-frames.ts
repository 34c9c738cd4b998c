import * as fc from 'fast-check';
import type { RunnerFrame } from '../../src/wire/connection.ts';
import { call, hello } from '../hostile-wire/hostile-runner.ts';
import { cancels, failures, ids, jsonTexts, numbers32, payloads, texts } from './frame-parts.ts';

const methods = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('echo', 'hold', 'hang', 'count', 'sum') },
  texts,
);

const calls = fc
  .record({
    id: ids,
    capability: fc.oneof({ weight: 8, arbitrary: fc.constant('Vault') }, texts),
    version: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, numbers32),
    method: methods,
    request: fc.option(payloads, { nil: undefined }),
    timeoutMs: numbers32,
    streamsRequest: fc.boolean(),
    streamsResponse: fc.boolean(),
    traceparent: texts,
    transfersRequest: fc.boolean(),
  })
  .map(({ id, ...differing }) => call(id, differing));

const answers = fc.record({
  $case: fc.constant('answer' as const),
  value: fc.record({
    id: ids,
    result: fc.option(
      fc.oneof(
        fc.record({ $case: fc.constant('response' as const), value: payloads }),
        fc.record({ $case: fc.constant('failure' as const), value: failures }),
        fc.constant({ $case: 'transferred' as const, value: {} }),
      ),
      { nil: undefined },
    ),
  }),
});

/** Anything that a runner can say, in its own words. */
export const runnerFrames: fc.Arbitrary<RunnerFrame> = fc.oneof(
  { weight: 6, arbitrary: calls },
  { weight: 6, arbitrary: answers },
  fc.record({
    $case: fc.constant('controlDone' as const),
    value: fc.record({ id: ids, failure: fc.option(failures, { nil: undefined }) }),
  }),
  fc.record({ $case: fc.constant('cancel' as const), value: cancels }),
  fc.record({
    $case: fc.constant('log' as const),
    value: fc.record({
      level: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const, 4 as const),
      message: texts,
      fieldsJson: jsonTexts,
    }),
  }),
  fc.record({ $case: fc.constant('pong' as const), value: fc.record({ id: ids }) }),
  fc.record({
    $case: fc.constant('hello' as const),
    value: fc
      .record(
        { token: texts, newestProtocol: numbers32, features: fc.array(texts, { maxLength: 3 }) },
        { requiredKeys: [] },
      )
      .map((differing) => Object.assign({}, hello, differing)),
  }),
);
