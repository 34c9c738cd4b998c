/** A figure with three digits that say something. */
export function formatFigure(value: number): string {
  if (value >= 1_000_000) return `${formatFigure(value / 1_000_000)} M`;
  if (value >= 10_000) return `${formatFigure(value / 1000)} k`;
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** How many times as large. */
export function formatRatio(ratio: number): string {
  return `${ratio.toFixed(2)} x`;
}
