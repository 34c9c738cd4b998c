import { Type, type Static } from '@stellaops/plugin-sdk';

/** One line of text without control characters: what a plugin says may reach a terminal or a log as it is. */
export const Line = Type.String({
  minLength: 1,
  maxLength: 2048,
  pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$',
});

/** A package that a lockfile pins, as CycloneDX writes a component: https://cyclonedx.org/docs/1.6/json/#components */
export const Component = Type.Object({
  type: Type.Literal('library'),
  'bom-ref': Line,
  /** With its scope, as npm writes it: `@scope/name`. */
  name: Line,
  version: Line,
  /** https://github.com/package-url/purl-spec */
  purl: Line,
});
export type Component = Static<typeof Component>;
