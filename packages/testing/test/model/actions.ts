import * as fc from 'fast-check';

/** The plugins of the model: one as most are, one that is restarted, and one that starts at its first call and stops when it is idle. */
export const puppetIds = ['model.plain', 'model.restarted', 'model.lazy'] as const;
/** One of them. */
export type PuppetId = (typeof puppetIds)[number];

/** Ways in which a call goes. */
const callKinds = ['echo', 'count', 'leave', 'cancel', 'time out', 'hold'] as const;
/** One of them. */
export type CallKind = (typeof callKinds)[number];

/** One thing that is done to a host, or to what it is made of. */
export type Action =
  | { readonly kind: 'call'; readonly id: PuppetId; readonly call: CallKind }
  | { readonly kind: 'release' }
  | { readonly kind: 'swap'; readonly id: PuppetId; readonly version: string }
  | { readonly kind: 'remove'; readonly id: PuppetId }
  | { readonly kind: 'rescan' }
  | { readonly kind: 'disable' | 'quarantine' | 'enable'; readonly id: PuppetId }
  | { readonly kind: 'crash'; readonly id: PuppetId }
  | { readonly kind: 'stop' }
  | { readonly kind: 'start' };

const id = fc.constantFrom(...puppetIds);
/** Most versions come up; n.1.0 and n.2.0 do not. */
const version = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, 0, 0, 1, 2))
  .map(([major, minor]) => `${major}.${minor}.0`);

const call: fc.Arbitrary<Action> = fc.record({
  kind: fc.constant('call' as const),
  id,
  call: fc.constantFrom(...callKinds),
});
const change: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('swap' as const), id, version }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), id }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'rescan' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('disable' as const, 'quarantine' as const), id }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('enable' as const), id }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('crash' as const), id }) },
);

/** One action, the next when the host is at rest again. */
export const actionArbitrary: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: call },
  { weight: 1, arbitrary: fc.constant({ kind: 'release' as const }) },
  { weight: 6, arbitrary: change },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'stop' as const }, { kind: 'start' as const }) },
);

const target = (action: Action): string => {
  switch (action.kind) {
    case 'swap':
    case 'remove':
      return `package ${action.id}`;
    case 'disable':
    case 'quarantine':
    case 'enable':
      return `decision ${action.id}`;
    case 'crash':
      return `crash ${action.id}`;
    case 'call':
    case 'release':
    case 'rescan':
    case 'stop':
    case 'start':
      return action.kind;
  }
};

/** Actions that begin at the same moment: calls, and changes of which no two are of the same thing. */
export const togetherArbitrary: fc.Arbitrary<readonly Action[]> = fc
  .tuple(
    fc.array(call, { minLength: 1, maxLength: 6, size: 'max' }),
    fc.uniqueArray(
      fc.oneof(
        { weight: 8, arbitrary: change },
        { weight: 1, arbitrary: fc.constant({ kind: 'stop' as const }) },
      ),
      {
        minLength: 1,
        maxLength: 4,
        size: 'max',
        selector: target,
      },
    ),
  )
  .map(([calls, changes]) => calls.slice(0, 3).concat(changes, calls.slice(3)));

/** For people, in the trace of a failure. */
export function describeAction(action: Action): string {
  const { kind, ...rest } = action;
  return [kind, ...Object.values(rest)].join(' ');
}
