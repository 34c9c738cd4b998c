import { isPluginError, PluginError, type Logger } from '@stellaops/plugin-abstractions';
import { restorePluginError, type CallTarget } from '@stellaops/plugin-abstractions/hosting';
import { callCodes } from '../wire/failure-codec.ts';

const problem = 'the host service failed, and the log of the host says why';

/**
 * What a plugin is told of a host service that failed. Of the framework's own errors that are about calls the code and the details;
 * of anything else that was thrown, or is the cause of such an error, only that it failed, because its message may tell of the host.
 * The log of the host has the rest.
 */
export function serviceFailure(logger: Logger): (thrown: unknown, target: CallTarget) => PluginError {
  return (thrown, target) => {
    const known = isPluginError(thrown) && thrown.code !== 'CALL_FAILED' && callCodes.has(thrown.code);
    if (known && thrown.cause === undefined) return thrown;
    const { capability, method } = target;
    logger.error({ err: thrown, capability, method, blame: 'host' }, 'a host service failed');
    const told = known && restorePluginError(thrown.code, { ...thrown.details, problem });
    return told || new PluginError('CALL_FAILED', { ...target, problem });
  };
}
