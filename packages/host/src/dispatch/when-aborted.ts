/** Says once why a signal was aborted, at once where it was already. Returns what ends that; `undefined` where there is nothing to end. */
export function whenAborted(
  signal: AbortSignal,
  aborted: (reason: unknown) => void,
): (() => void) | undefined {
  const tell = (): void => aborted(signal.reason);
  if (signal.aborted) {
    tell();
    return undefined;
  }
  signal.addEventListener('abort', tell, { once: true });
  return () => signal.removeEventListener('abort', tell);
}
