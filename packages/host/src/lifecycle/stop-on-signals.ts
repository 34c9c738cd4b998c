/**
 * Calls `stop` at the first of the signals, and raises it again when that is done, so that the process ends as it would have. A
 * second one does not wait: it is raised at once. Where the application listens too, nothing is raised again: it decides. Returns
 * what takes the listeners away.
 */
export function stopOnSignals(
  signals: readonly NodeJS.Signals[],
  stop: () => Promise<void>,
): { remove(): void } {
  let isStopping = false;
  const remove = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  const raise = (signal: NodeJS.Signals): void => {
    remove();
    // Another host of this process that still stops listens, and raises it in the end.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isStopping) return raise(signal);
    isStopping = true;
    stop()
      .catch(() => undefined) // whoever else waits for the stop hears of it
      .finally(() => raise(signal));
  };
  for (const signal of signals) process.on(signal, onSignal);
  return { remove };
}
