import { defineCapability } from '../contract/capability.ts';
import * as Type from '../contract/type.ts';

/** The time as the host has it: a host that replays what happened gives the time of then. */
export const Clock = defineCapability({
  id: 'Clock',
  version: 1,
  methods: {
    now: {
      request: Type.Object({}),
      /** Since 1 January 1970 UTC. */
      response: Type.Object({ epochMilliseconds: Type.Integer() }),
    },
  },
});
