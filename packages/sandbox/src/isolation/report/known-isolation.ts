import type { AspectEvidence } from './aspect-evidence.ts';

/** What is known of all the sandboxes of a launcher. */
export interface KnownIsolation {
  /** What isolates, with its version. */
  readonly mechanism: string;
  /** What throw-away sandboxes of the same make ran into. */
  readonly trials: readonly AspectEvidence[];
}

/** What is known before there was a trial: then nothing counts as enforced. */
export const nothingKnown: KnownIsolation = { mechanism: 'bubblewrap', trials: [] };
