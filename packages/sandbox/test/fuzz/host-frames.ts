import * as fc from 'fast-check';
import { defaultMessageLimits } from '@stellaops/plugin-abstractions/hosting';
import type { HostFrame } from '../../src/wire/connection.ts';
import { cancels, failures, ids, jsonTexts, numbers32, payloads, texts } from './frame-parts.ts';

/** What a well-behaved host answers to hello. */
export const greeting: HostFrame = {
  $case: 'hello',
  value: {
    protocol: 1,
    features: [],
    descriptorJson: JSON.stringify({
      info: { id: 'test.plugin', name: 'Test', version: '1.0.0', trustLevel: 'untrusted' },
      capabilities: { provides: [{ id: 'Vault', version: 1 }], requires: [{ id: 'Vault', version: 1 }] },
    }),
    entry: 'plugin.js',
    limits: defaultMessageLimits,
  },
};

const steps = fc.oneof(
  fc.constantFrom(
    { $case: 'load' as const, value: {} },
    { $case: 'start' as const, value: {} },
    { $case: 'stop' as const, value: {} },
  ),
  fc.record({ $case: fc.constant('initialize' as const), value: fc.record({ configJson: jsonTexts }) }),
);

/** Anything that a host can say, in its own words. */
export const hostFrames: fc.Arbitrary<HostFrame> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      $case: fc.constant('control' as const),
      value: fc.record({ id: ids, timeoutMs: numbers32, step: fc.option(steps, { nil: undefined }) }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      $case: fc.constant('call' as const),
      value: fc.record({
        id: ids,
        capability: fc.oneof({ weight: 8, arbitrary: fc.constant('Vault') }, texts),
        version: fc.constantFrom(1, 1, 1, 2),
        method: fc.oneof({ weight: 8, arbitrary: fc.constantFrom('echo', 'count', 'sum', 'hang') }, texts),
        request: fc.option(payloads, { nil: undefined }),
        timeoutMs: numbers32,
        streamsRequest: fc.boolean(),
        streamsResponse: fc.boolean(),
        traceparent: texts,
        transfersRequest: fc.boolean(),
      }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
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
    }),
  },
  fc.record({ $case: fc.constant('cancel' as const), value: cancels }),
  fc.record({ $case: fc.constant('ping' as const), value: fc.record({ id: ids }) }),
  fc.record({
    $case: fc.constant('hello' as const),
    value: fc.record({
      protocol: numbers32,
      features: fc.array(texts, { maxLength: 2 }),
      descriptorJson: jsonTexts,
      entry: texts,
      limits: fc.constant(undefined),
    }),
  }),
);
