import type { LongestTurn } from '../../packages/sandbox/test/fuzz/subjects/turn-meter.ts';

/**
 * How long a turn was: by the work of its thread, as this machine does it when it has nothing else to do; by processor time, which grows
 * with what others do; and by the clock.
 */
export function turnText({ workMs, processorMs, delayMs }: LongestTurn): string {
  const [work, processor, delay] = [workMs, processorMs, delayMs].map((figure) => Math.round(figure));
  return `${work} ms (processor time ${processor} ms, by the clock ${delay} ms)`;
}
