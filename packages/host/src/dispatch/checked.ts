import { PluginError, type TSchema } from '@stellaops/plugin-abstractions';
import { schemaCheck } from '@stellaops/plugin-abstractions/hosting';
import type { Wrap } from './call-link.ts';
import { mapValues, type ValueMap } from './map-values.ts';

/** Holds requests and answers to the contract: `REQUEST_INVALID`, `RESPONSE_INVALID`. */
export const checked: Wrap = (link) => {
  const check =
    (invalid: 'REQUEST_INVALID' | 'RESPONSE_INVALID') =>
    (schema: TSchema): ValueMap => {
      const problemOf = schemaCheck(schema);
      return (value) => {
        const problem = problemOf(value);
        if (problem !== undefined) throw new PluginError(invalid, { ...link.target, problem });
        return value;
      };
    };
  return mapValues(link, check('REQUEST_INVALID'), check('RESPONSE_INVALID'));
};
