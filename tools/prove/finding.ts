/** One thing that was measured, beside what it has to be. */
export interface Finding {
  readonly what: string;
  readonly bound: string;
  readonly measured: string;
  readonly holds: boolean;
}

/** Tells a person what is being done now; `fraction` of all of it is done. */
export type Progress = (doing: string, fraction: number) => void;

/** Proves one thing. Rejects with a `ProveError` where this machine cannot. */
export type Proof = (progress: Progress) => Promise<readonly Finding[]>;
