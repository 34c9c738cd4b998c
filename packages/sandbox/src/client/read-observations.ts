import {
  isolationAspects,
  type IsolationAspect,
  type IsolationEvidence,
} from '@stellaops/plugin-abstractions/hosting';
import type { Observation } from '../wire/messages.ts';

/** What the runner saw of one aspect of its isolation. */
export interface ReadObservation extends Omit<IsolationEvidence, 'source'> {
  readonly aspect: IsolationAspect;
}

const maxObservations = 64;
const maxLength = 200;

/** Reads what a runner says that it saw: texts are cut at 200 characters. A sentence when there is too much, or no such aspect. */
export function readObservations(observations: readonly Observation[]): readonly ReadObservation[] | string {
  if (observations.length > maxObservations)
    return `it observed ${observations.length} things, and ${maxObservations} are the most`;
  const read: ReadObservation[] = [];
  for (const { aspect: name, tried, saw, held } of observations) {
    const aspect = isolationAspects.find((one) => one === name);
    if (aspect === undefined) return `it observed "${cut(name)}", which is no aspect of isolation`;
    read.push({ aspect, tried: cut(tried), saw: cut(saw), held });
  }
  return read;
}

function cut(text: string): string {
  return text.slice(0, maxLength);
}
