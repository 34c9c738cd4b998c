import { PluginError } from '@stellaops/plugin-abstractions';
import { schemaProblem } from '@stellaops/plugin-abstractions/hosting';
import type { Wrap } from './call-link.ts';
import { mapValues } from './map-values.ts';

/** Holds requests and answers to the contract: `REQUEST_INVALID`, `RESPONSE_INVALID`. */
export const checked: Wrap = (link) =>
  mapValues(link, {
    request: (schema, value) => {
      const problem = schemaProblem(schema, value);
      if (problem !== undefined) throw new PluginError('REQUEST_INVALID', { ...link.target, problem });
      return value;
    },
    response: (schema, value) => {
      const problem = schemaProblem(schema, value);
      if (problem !== undefined) throw new PluginError('RESPONSE_INVALID', { ...link.target, problem });
      return value;
    },
  });
