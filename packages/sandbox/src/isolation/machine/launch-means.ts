import type { IsolationAspect } from '@stellaops/plugin-abstractions/hosting';

/** What a machine may lack and a sandbox can be made without. Found by trial: what is there is always used. */
export interface LaunchMeans {
  /** Without: bubblewrap runs as root, and setpriv(1) gives up the user and every capability inside, before Node. */
  readonly userNamespace: boolean;
  /** Without: the sandbox has no `/proc`. */
  readonly freshProc: boolean;
  /** Without: nothing limits the sandbox as a whole; prlimit(1) bounds the processes, and the memory of each one by itself. */
  readonly controlGroup: boolean;
}

/** The name of one of them. */
export type LaunchMean = keyof LaunchMeans;

/** What a machine that lacks nothing has. */
export const allLaunchMeans: LaunchMeans = { userNamespace: true, freshProc: true, controlGroup: true };

/** What it costs to do without a means. */
export interface StandIn {
  /** What is weaker then, and so has to be waived by the operator; nothing where the stand-in is as strong. */
  readonly aspects: readonly IsolationAspect[];
  /** A sentence that tells the operator so. */
  readonly offer: string;
}

/** What stands in for each of the means. */
export const standIns: Readonly<Record<LaunchMean, StandIn>> = {
  userNamespace: { aspects: [], offer: '' },
  freshProc: {
    aspects: ['processes'],
    offer: "Or waive it, with waivedIsolation: ['processes']: then plugins have no /proc.",
  },
  controlGroup: {
    aspects: ['memory', 'cpu', 'processCount'],
    offer:
      "Or waive the limits, with waivedIsolation: ['memory', 'cpu', 'processCount']: then each process is bounded by itself, the processor is not, and worker threads do not start.",
  },
};
