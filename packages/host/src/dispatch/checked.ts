import { PluginError, type TSchema } from '@stellaops/plugin-abstractions';
import { schemaCheck, type CallTarget } from '@stellaops/plugin-abstractions/hosting';
import type { Wrap } from './call-link.ts';
import { mapValues, type ValueMap } from './map-values.ts';

/** Holds requests and answers to the contract: `REQUEST_INVALID`, `RESPONSE_INVALID`. */
export const checked: Wrap = (link) =>
  mapValues(
    link,
    (schema) => checkOf(link.target, 'REQUEST_INVALID', schema),
    (schema) => checkOf(link.target, 'RESPONSE_INVALID', schema),
  );

/** Gives back the value that it is given, or throws what is wrong with it. */
export function checkOf(
  target: CallTarget,
  invalid: 'REQUEST_INVALID' | 'RESPONSE_INVALID',
  schema: TSchema,
): ValueMap {
  const problemOf = schemaCheck(schema);
  return (value) => {
    const problem = problemOf(value);
    if (problem !== undefined) throw new PluginError(invalid, { ...target, problem });
    return value;
  };
}
