import type { IsolationAspect, IsolationEvidence } from '@stellaops/plugin-abstractions/hosting';

/** A piece of evidence, and what it is about. */
export interface AspectEvidence extends IsolationEvidence {
  readonly aspect: IsolationAspect;
  /** The means of the operating system that is at work when it held; missing when that does not tell. */
  readonly by?: string | undefined;
}
