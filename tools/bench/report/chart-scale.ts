/** A logarithmic scale from whole power of ten to whole power of ten. */
export interface LogScale {
  /** Where lines are drawn across. */
  readonly ticks: readonly number[];
  /** How far up a value stands, from 0 to 1. */
  position(value: number): number;
}

/** Makes the smallest scale on which all values, which are positive, have a place. Throws a `RangeError` where there are none. */
export function logScale(values: readonly number[]): LogScale {
  if (values.length === 0) throw new RangeError('there are no values');
  const lowest = Math.floor(Math.log10(Math.min(...values)));
  const highest = Math.max(lowest + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    ticks: Array.from({ length: highest - lowest + 1 }, (_, step) => 10 ** (lowest + step)),
    position: (value) => (Math.log10(value) - lowest) / (highest - lowest),
  };
}
