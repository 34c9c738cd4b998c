import type { PluginInstance } from '../hosted-plugin.ts';

/** Starts one sandbox and loads the plugin in it. */
export type Launch = (signal: AbortSignal) => Promise<PluginInstance>;

/** Launches so many side by side. When one fails the others are given up, and it rejects when they are gone. */
export async function launchAll(
  count: number,
  launch: Launch,
  signal: AbortSignal,
): Promise<[PluginInstance, ...PluginInstance[]]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const launched: PluginInstance[] = [];
  const one = async (): Promise<void> => {
    try {
      launched.push(await launch(either));
    } catch (error) {
      failed.abort(error);
    }
  };
  await Promise.all(Array.from({ length: count }, one));
  const [first, ...others] = launched;
  if (first && !either.aborted) return [first, ...others];
  await Promise.allSettled(launched.map((instance) => instance.dispose()));
  throw failed.signal.aborted ? failed.signal.reason : either.reason;
}
