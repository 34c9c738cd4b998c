import * as fc from 'fast-check';
import type { Item } from '../../src/wire/connection.ts';

/** Ids that calls of a session have, and those at the ends of their range. */
export const ids = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 9 }) },
  fc.constantFrom(0, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER),
);

export const numbers32 = fc.oneof(fc.nat(3), fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1));

/** Texts that somebody could stumble over, and any. */
export const texts = fc.oneof(
  fc.constantFrom(
    '',
    '__proto__',
    'constructor',
    'toString',
    '\u0000',
    '\ud800',
    '\u001b[2J',
    '../../etc/passwd',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constant('x'.repeat(70_000)),
);

/** JSON, and what is nearly JSON. */
export const jsonTexts = fc.oneof(
  { weight: 4, arbitrary: fc.json({ maxDepth: 4 }) },
  fc.constantFrom(
    '',
    'null',
    '1',
    '{"to":3}',
    '{"to":1e9}',
    '"x"',
    '[',
    '{"a":1,"a":2}',
    '1e999',
    '{"__proto__":{"x":1}}',
  ),
  fc.nat(2000).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  texts,
);

const pointers = fc.oneof(
  fc.constantFrom('', '/', '/a', '/0', '/a/b', '/__proto__', '/__proto__/x', '/constructor/prototype', 'a'),
  fc.array(fc.constantFrom('a', '0', '~0', '~1', ''), { maxLength: 20 }).map((path) => path.join('/')),
);

export const payloads = fc.record({
  json: jsonTexts,
  attachments: fc.array(
    fc.record({ pointer: pointers, data: fc.uint8Array({ maxLength: 32 }).map(toBuffer) }),
    {
      maxLength: 3,
    },
  ),
});

export const failures = fc.record({
  code: fc.oneof(
    fc.constantFrom(
      'CALL_FAILED',
      'CALL_TIMED_OUT',
      'CALL_CANCELLED',
      'SANDBOX_EXITED',
      'MANIFEST_INVALID',
      '',
    ),
    texts,
  ),
  detailsJson: fc.oneof(
    jsonTexts,
    fc.constantFrom(
      '{"problem":"x"}',
      '{"timeoutMs":1,"problem":{}}',
      '{"problem":"x","limitCount":1,"option":"y"}',
    ),
  ),
  stack: texts,
});

export const cancels = fc.record({
  id: ids,
  reason: texts,
  errorName: fc.oneof(fc.constantFrom('', 'Error', 'TimeoutError', 'PluginError'), texts),
  failure: fc.option(failures, { nil: undefined }),
});

/** What travels on a Transfer. */
export const items: fc.Arbitrary<Item> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ $case: fc.constant('value' as const), value: payloads }) },
  fc.constant<Item>({ $case: 'end', value: {} }),
  fc.record({ $case: fc.constant('failure' as const), value: failures }),
  fc.record({
    $case: fc.constant('opening' as const),
    value: fc.record({ calledByHost: fc.boolean(), id: ids }),
  }),
);

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes);
}
