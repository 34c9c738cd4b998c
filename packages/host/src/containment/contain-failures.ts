import type { HostedPlugin } from '../lifecycle/hosted-plugin.ts';
import type { FailureAttribution } from './failure-attribution.ts';

/** Marks the listeners of all hosts in a process, whatever copy of this package they are of: each says whether an error is its own. */
const isOwn = Symbol.for('stellaops.plugin.containment');

type Containment = ((error: unknown) => void) & { readonly [isOwn]: (error: unknown) => boolean };

/**
 * Keeps the process alive when code of a plugin throws, or lets a promise reject, where nobody catches it; `contain` is told
 * whose it was. Everything else ends the process as if this were not here, unless the application listens too.
 * Returns what ends it.
 */
export function containFailures(
  attribution: FailureAttribution,
  contain: (plugin: HostedPlugin, error: unknown) => void,
): () => void {
  const listener: Containment = Object.assign(
    (error: unknown): void => {
      const plugin = attribution.ownerOf(error);
      if (plugin) contain(plugin, error);
      else if (!isHandled(error, listener)) handOn(error);
    },
    { [isOwn]: (error: unknown) => attribution.ownerOf(error) !== undefined },
  );
  // A rejection that nobody handles comes here too: https://nodejs.org/api/cli.html#--unhandled-rejectionsmode
  process.on('uncaughtException', listener);
  return () => void process.removeListener('uncaughtException', listener);
}

/** Whether the application listens, another host knows it as its own, or leaves it to this one. */
function isHandled(error: unknown, self: Containment): boolean {
  const listeners = process.listeners('uncaughtException');
  const containments = listeners.filter(isContainment);
  return (
    containments.length < listeners.length ||
    containments[0] !== self ||
    containments.some((containment) => containment[isOwn](error))
  );
}

/** Without a listener Node prints the error and ends the process with code 1. */
function handOn(error: unknown): void {
  for (const listener of process.listeners('uncaughtException'))
    process.removeListener('uncaughtException', listener);
  process.nextTick(() => {
    throw error;
  });
}

function isContainment(listener: object): listener is Containment {
  return isOwn in listener;
}
