/** Lines of several subjects over the same points, on a logarithmic scale upwards. */
export interface Chart {
  readonly title: string;
  /** What the figures are in. */
  readonly unit: string;
  /** What the points are. */
  readonly horizontal: string;
  readonly labels: readonly string[];
  /** Labels at which lines begin anew, because what comes is of another kind. */
  readonly breaks: readonly string[];
  readonly series: readonly ChartSeries[];
}

/** One line; `undefined` where there is no figure. */
export interface ChartSeries {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}
