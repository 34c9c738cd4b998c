import { capabilityName, PluginError } from '@stellaops/plugin-abstractions';
import { KeyValueStore } from '@stellaops/plugin-abstractions/services';
import { requirePositive } from '../plugin-settings.ts';
import type { PluginRow } from './entry-table.ts';

/** What each plugin may store at most. */
export interface KeyValueLimits {
  /** Default 10,000. */
  readonly maxEntries: number;
  /** Of one value: binary data, or JSON as UTF-8. Default 256 KiB. */
  readonly valueLimitBytes: number;
  /** Of all keys and values. Default 16 MiB. */
  readonly totalLimitBytes: number;
}

const defaultLimits: KeyValueLimits = {
  maxEntries: 10_000,
  valueLimitBytes: 256 * 1024,
  totalLimitBytes: 16 * 1024 * 1024,
};

const capability = capabilityName(KeyValueStore);

/** Throws a `TypeError` for a limit that is no positive number. */
export function completeLimits(limits: Partial<KeyValueLimits> = {}): KeyValueLimits {
  for (const [name, value] of Object.entries(limits)) requirePositive(`limits.${name}`, value);
  return { ...defaultLimits, ...limits };
}

/** Throws `MESSAGE_TOO_LARGE`. */
export function checkValue(pluginId: string, sizeBytes: number, { valueLimitBytes }: KeyValueLimits): void {
  if (sizeBytes <= valueLimitBytes) return;
  const target = { pluginId, capability, method: 'set', option: 'limits.valueLimitBytes' };
  throw new PluginError('MESSAGE_TOO_LARGE', { ...target, sizeBytes, limitBytes: valueLimitBytes });
}

/** Throws `QUOTA_EXCEEDED` for what needs more than before and than the limits allow: lower limits than before keep nobody from using less. */
export function checkUsage(
  pluginId: string,
  before: PluginRow,
  after: PluginRow,
  { maxEntries, totalLimitBytes }: KeyValueLimits,
): void {
  const exceeded = (problem: string, option: string): PluginError =>
    new PluginError('QUOTA_EXCEEDED', { pluginId, capability, problem, option: `limits.${option}` });
  if (after.entry_count > Math.max(maxEntries, before.entry_count))
    throw exceeded(`it has ${before.entry_count} entries of ${maxEntries}`, 'maxEntries');
  if (after.size_bytes > Math.max(totalLimitBytes, before.size_bytes)) {
    const problem = `it has ${before.size_bytes} bytes of ${totalLimitBytes}, and ${after.size_bytes - before.size_bytes} more do not fit`;
    throw exceeded(problem, 'totalLimitBytes');
  }
}
