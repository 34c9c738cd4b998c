/** One thing that was measured, beside what it has to be. */
export interface Finding {
  readonly what: string;
  readonly bound: string;
  readonly measured: string;
  readonly holds: boolean;
}

/** Tells a person what is being done now; `fraction` of all of it is done. */
export type Progress = (doing: string, fraction: number) => void;

/** What a person may say of proofs that take as long as one likes. */
export interface ProofOptions {
  readonly minutes: number;
  /** Of proofs that kill again and again. */
  readonly rounds: number;
  /** Of proofs that do one thing after the other. */
  readonly steps: number;
  /** Whether they are done with real sandboxes. */
  readonly isSandboxed: boolean;
  /** Where random things begin. */
  readonly seed: number;
  /** The attack of the fuzzer to try, where it is one alone; of the hold-ups those with this text in their name. */
  readonly attack?: string | undefined;
  /** The run to repeat, as a failure named it. */
  readonly path?: string | undefined;
}

/** Proves one thing. Rejects with a `ProveError` where this machine cannot. */
export type Proof = (progress: Progress, options: ProofOptions) => Promise<readonly Finding[]>;
