/** The value below which this fraction of the values lies; between two values, in proportion. Throws a `RangeError` where there are none. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const position = (sorted.length - 1) * fraction;
  const [below, above] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  if (below === undefined || above === undefined) throw new RangeError('there are no values');
  return below + (above - below) * (position - Math.floor(position));
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * How many times as large as `bases` the `values` are: the median of the ratios of each repetition, in which what the machine did
 * to both cancels out. Throws a `RangeError` where they are not as many.
 */
export function medianRatio(values: readonly number[], bases: readonly number[]): number {
  if (values.length !== bases.length) throw new RangeError('both were not repeated as often');
  return median(values.map((value, repetition) => value / (bases[repetition] ?? Number.NaN)));
}
