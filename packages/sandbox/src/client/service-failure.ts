import { isPluginError, PluginError, type Logger } from '@stellaops/plugin-abstractions';
import type { CallTarget } from '@stellaops/plugin-abstractions/hosting';

/**
 * What a plugin is told of a host service that failed. The code and details of the framework's own errors; of anything else that
 * was thrown only that it failed, because its message may tell of the host. The log of the host has the rest.
 */
export function serviceFailure(logger: Logger): (thrown: unknown, target: CallTarget) => PluginError {
  return (thrown, target) => {
    if (isPluginError(thrown) && thrown.code !== 'CALL_FAILED') return thrown;
    logger.error(
      { err: thrown, capability: target.capability, method: target.method },
      'a host service failed',
    );
    return new PluginError('CALL_FAILED', {
      ...target,
      problem: 'the host service failed, and the log of the host says why',
    });
  };
}
