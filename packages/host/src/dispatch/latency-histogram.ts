const bucketCount = 32;
const lastBoundMs = 2 ** (bucketCount - 2) / 1000;

/**
 * How long calls took, in buckets that each hold twice the times of the one before: the first below a microsecond, the last from
 * 18 minutes on. Counted as 64-bit floats, for 32 bits are full after a month of a busy plugin.
 */
export class LatencyHistogram {
  readonly counts = new Float64Array(bucketCount);
  sumMs = 0;

  /** `weight` is the number of calls that took so long. */
  record(durationMs: number, weight = 1): void {
    this.sumMs += durationMs * weight;
    const index = durationMs < lastBoundMs ? 32 - Math.clz32(durationMs * 1000) : bucketCount - 1;
    this.counts[index] = (this.counts[index] ?? 0) + weight;
  }
}

/** The times in milliseconds below which the buckets lie; the last has none. */
export const bucketBoundsMs: readonly number[] = Array.from(
  { length: bucketCount - 1 },
  (_, index) => 2 ** index / 1000,
);

/**
 * The time in milliseconds within which this part of all calls ended, spread evenly over its bucket: right within a factor of
 * two. `undefined` while there was no call.
 */
export function quantileMs(histograms: readonly LatencyHistogram[], part: number): number | undefined {
  const counts = Array.from({ length: bucketCount }, (_, index) =>
    histograms.reduce((sum, histogram) => sum + (histogram.counts[index] ?? 0), 0),
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  let left = total * part;
  for (const [index, count] of counts.entries()) {
    if (count > 0 && left <= count) {
      const from = bucketBoundsMs[index - 1] ?? 0;
      const to = bucketBoundsMs[index] ?? from;
      return from + (to - from) * (left / count);
    }
    left -= count;
  }
  return undefined;
}
