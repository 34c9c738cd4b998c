import type { CallOptions } from '../contract/capability.ts';

/** Where options of a call take who is told that the call is given up, for a small part of what a signal costs. */
export const follower: unique symbol = Symbol('follower');

/**
 * Options that do so. The follower is called once, with the error that the caller got, and not after the call has ended. Whoever sets it
 * sees to it that an answer that is still to come rejects then.
 */
export interface FollowedCall extends CallOptions {
  [follower]: ((error: Error) => void) | undefined;
  /** By `performance.now()`. */
  readonly startedAt: number;
}

/** Whether options take a follower: those that a host makes do. */
export function takesFollower(options: CallOptions): options is FollowedCall {
  return follower in options;
}
