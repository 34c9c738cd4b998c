import type { CallOptions } from '@stellaops/plugin-abstractions';
import { follower, type AnsweredCall } from '@stellaops/plugin-abstractions/hosting';
import type { Member } from './member.ts';

/** The options of a call that a member answers: by the time they are told the answer, the member has one call fewer. */
export class MemberCall implements AnsweredCall {
  readonly #call: AnsweredCall;
  readonly #member: Member;

  constructor(call: AnsweredCall, member: Member) {
    this.#call = call;
    this.#member = member;
  }

  get [follower](): ((error: Error) => void) | undefined {
    return this.#call[follower];
  }

  set [follower](tell: ((error: Error) => void) | undefined) {
    this.#call[follower] = tell;
  }

  get startedAt(): number {
    return this.#call.startedAt;
  }

  get signal(): CallOptions['signal'] {
    return this.#call.signal;
  }

  get timeoutMs(): CallOptions['timeoutMs'] {
    return this.#call.timeoutMs;
  }

  get traceparent(): CallOptions['traceparent'] {
    return this.#call.traceparent;
  }

  answered(value: unknown): void {
    this.#member.callsInFlight -= 1;
    this.#call.answered(value);
  }

  failed(error: unknown): void {
    this.#member.callsInFlight -= 1;
    this.#call.failed(error);
  }
}
