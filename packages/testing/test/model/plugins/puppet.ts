import { defineCapability, Type } from '@stellaops/plugin-sdk';

/** Who answered a call: which call it was, and which version in which of its lives. */
const Answer = Type.Object({ call: Type.String(), version: Type.String(), life: Type.String() });

/** What the plugins of the model can do. Each call has a name of its own. */
export const Puppet = defineCapability({
  id: 'Puppet',
  version: 1,
  methods: {
    echo: { request: Type.String(), response: Answer },
    /** As many answers as asked for, which count from 0. */
    count: {
      request: Type.Object({ call: Type.String(), items: Type.Integer() }),
      responseStream: Type.Object({ call: Type.String(), item: Type.Integer() }),
    },
    /** Answers when the stage lets the call go on. */
    hold: { request: Type.String(), response: Answer },
  },
});

/** What the plugins ask of their host. */
export const Stage = defineCapability({
  id: 'Stage',
  version: 1,
  methods: {
    /** Notes that a plugin works at this call. */
    enter: { request: Type.String(), response: Type.Null() },
    /** Answers when the call may go on. */
    wait: { request: Type.String(), response: Type.Null() },
  },
});
