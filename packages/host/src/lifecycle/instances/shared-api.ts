import type { Capability, CapabilityApi } from '@stellaops/plugin-abstractions';
import { answeredLater, takesAnswer } from '@stellaops/plugin-abstractions/hosting';
import type { Method } from '../../dispatch/call-link.ts';
import type { Member } from './member.ts';
import { MemberCall } from './member-call.ts';
import type { Members } from './members.ts';

/** An object of a contract that gives each call to the member that is least busy then. A stream stays with its member. */
export function sharedApi(capability: Capability, members: Members): CapabilityApi {
  const methods = Object.entries(capability.methods).map(([name, { responseStream }]) => {
    const call = (member: Member): Method => member.api(capability)?.[name] as Method; // every member has what one has
    return [name, responseStream ? streaming(members, call) : answering(members, call)] as const;
  });
  return Object.freeze(Object.fromEntries(methods)) as CapabilityApi; // a function for each method, of its shape
}

function answering(members: Members, call: (member: Member) => Method): Method {
  return (input, options = {}) => {
    const member = members.leastBusy();
    const left = (): void => void (member.callsInFlight -= 1);
    member.callsInFlight += 1;
    try {
      const told = takesAnswer(options) ? new MemberCall(options, member) : options;
      const answer = call(member)(input, told);
      return answer === answeredLater ? answer : Promise.resolve(answer).finally(left);
    } catch (error) {
      left();
      throw error;
    }
  };
}

function streaming(members: Members, call: (member: Member) => Method): Method {
  return async function* (input, options) {
    const member = members.leastBusy();
    member.callsInFlight += 1;
    try {
      yield* call(member)(input, options) as AsyncIterable<unknown>; // as the contract says
    } finally {
      member.callsInFlight -= 1;
    }
  };
}
