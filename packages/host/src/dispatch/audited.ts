import { isPluginError, type PluginError } from '@stellaops/plugin-abstractions';
import type { Wrap } from './call-link.ts';
import { mapErrors } from './map-errors.ts';

/** Reports what a service denies, and hands it on. */
export function audited(denied: (error: PluginError) => void): Wrap {
  return (link) =>
    mapErrors(link, (error) => {
      if (isPluginError(error, 'CAPABILITY_DENIED')) denied(error);
      return error;
    });
}
