import { Type, type Static } from '@stellaops/plugin-sdk';
import { validRange } from 'semver';

const SemVerRange = Type.Refine(
  Type.String({ default: '*' }),
  (range) => validRange(range) !== null,
  () => 'must be a SemVer range, such as "<4.17.21" or "1.2.3 || 2.0.0"',
);

const closed = { additionalProperties: false };

/** What a release must not contain: the configuration of the policy evaluator, and what a rules file holds. */
export const Rules = Type.Object(
  {
    denied: Type.Array(
      Type.Object(
        { name: Type.String({ minLength: 1 }), range: SemVerRange, reason: Type.String({ minLength: 1 }) },
        closed,
      ),
      { default: [] },
    ),
    /** Packages of which a release has several versions. */
    duplicates: Type.Object(
      {
        action: Type.Union([Type.Literal('allow'), Type.Literal('warn'), Type.Literal('deny')], {
          default: 'warn',
        }),
        except: Type.Array(Type.String(), { default: [] }),
      },
      { ...closed, default: {} },
    ),
  },
  closed,
);
export type Rules = Static<typeof Rules>;
