import type { Sample } from '../../../packages/testing/test/soak/take-sample.ts';

/** How one figure went over the second half of a soak. */
export interface Trend {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** The smallest value in each third of the second half: what rose and fell with the work is not in them. */
  readonly floors: readonly number[];
  /** The largest value in the first of them. */
  readonly ceiling: number;
  /** What the straight line through the second half rises in all of it (least squares). */
  readonly rise: number;
}

const thirds = [0, 1, 2];

/** The trend of each figure of the samples, of which there must be three in the second half. */
export function trendsOf(samples: readonly Sample[]): readonly Trend[] {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return [];
  const half = samples.filter(({ atMs }) => atMs >= last.atMs / 2);
  return Object.keys(first.figures).map((name) => {
    const values = half.map(({ figures }) => figures[name] ?? Number.NaN);
    const floors = thirds.map((third) => {
      const from = Math.floor((values.length * third) / thirds.length);
      return Math.min(...values.slice(from, Math.floor((values.length * (third + 1)) / thirds.length)));
    });
    const times = half.map(({ atMs }) => atMs);
    const durationMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
    return {
      name,
      first: first.figures[name] ?? Number.NaN,
      last: last.figures[name] ?? Number.NaN,
      floors,
      ceiling: Math.max(...values.slice(0, Math.floor(values.length / thirds.length))),
      rise: slope(times, values) * durationMs,
    };
  });
}

function slope(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  const covariance = xs.reduce((sum, x, index) => sum + (x - meanX) * ((ys[index] ?? 0) - meanY), 0);
  const variance = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
  return variance === 0 ? 0 : covariance / variance;
}
