import type { CallOptions } from '../contract/capability.ts';

/** Where options of a call take who is told that the call is given up, for a small part of what a signal costs. */
export const follower: unique symbol = Symbol('follower');

/** What is returned in place of the promise of an answer that the options are told. */
export const answeredLater: unique symbol = Symbol('answered later');

/**
 * Options that do so. The follower is called once, with the error that the caller got, and not after the call has ended. Whoever sets it
 * sees to it that an answer that is still to come rejects then.
 */
export interface FollowedCall extends CallOptions {
  [follower]: ((error: Error) => void) | undefined;
  /** By `performance.now()`. */
  readonly startedAt: number;
}

/** Options that besides may be told the answer, or what the call failed of, which spares a promise. They take the first that they are told. */
export interface AnsweredCall extends FollowedCall {
  answered(value: unknown): void;
  failed(error: unknown): void;
}

/** Whether options take a follower: those that a host makes do. */
export function takesFollower(options: CallOptions): options is FollowedCall {
  return follower in options;
}

/** Whether options take an answer: those of a call that a host makes do. */
export function takesAnswer(options: CallOptions): options is AnsweredCall {
  return takesFollower(options) && 'answered' in options;
}
