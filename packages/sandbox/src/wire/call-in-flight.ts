/** A call that has not ended, as reports name it. */
export interface CallInFlight {
  /** As the caller named it: a runner may have named anything. */
  readonly capability: string;
  readonly method: string;
  /** By `performance.now()`. */
  readonly startedAt: number;
}
