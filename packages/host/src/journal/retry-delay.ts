const firstDelayMs = 250;
const longestDelayMs = 15_000;

/**
 * How long to wait before a registry is asked again that was away so many times in a row, in milliseconds: twice as long each time. `random`
 * is between 0 and 1: it takes up to half of the delay away, lest all hosts of a fleet come at once when their registry is back.
 */
export function retryDelay(failures: number, random: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1)) * (1 - random / 2);
}
