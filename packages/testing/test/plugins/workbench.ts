import { Bytes, defineCapability, Type } from '@stellaops/plugin-sdk';

/** What the plugin of these tests can do: one method for each thing that a tier could get wrong. */
export const Workbench = defineCapability({
  id: 'Workbench',
  version: 1,
  methods: {
    add: { request: Type.Object({ a: Type.Number(), b: Type.Number() }), response: Type.Number() },
    reverse: {
      request: Type.Object({ parts: Type.Array(Type.Object({ data: Bytes() })) }),
      response: Type.Object({ parts: Type.Array(Type.Object({ data: Bytes() })) }),
    },
    depth: { request: Type.Object({}), response: Type.Integer() },
    remember: {
      request: Type.Object({ words: Type.Array(Type.String()) }),
      response: Type.Object({ words: Type.Array(Type.String()) }),
    },
    recall: { request: Type.Object({}), response: Type.Object({ words: Type.Array(Type.String()) }) },
    fail: { request: Type.Object({ message: Type.String() }), response: Type.Null() },
    lie: { request: Type.Object({}), response: Type.Integer() },
    hang: { request: Type.Object({}), response: Type.Null() },
    repeat: { request: Type.Object({ text: Type.String(), times: Type.Integer() }), response: Type.String() },
    count: { request: Type.Object({ to: Type.Integer() }), responseStream: Type.Integer() },
    countThenFail: { request: Type.Object({ to: Type.Integer() }), responseStream: Type.Integer() },
    countThenHang: { request: Type.Object({ to: Type.Integer() }), responseStream: Type.Integer() },
    countThenLie: { request: Type.Object({ to: Type.Integer() }), responseStream: Type.Integer() },
    sum: { requestStream: Type.Number(), response: Type.Number() },
    double: { requestStream: Type.Number(), responseStream: Type.Number() },
    ask: { request: Type.Object({ question: Type.String() }), response: Type.String() },
    askAll: { request: Type.Object({ questions: Type.Array(Type.String()) }), responseStream: Type.String() },
    askUndeclared: { request: Type.Object({}), response: Type.String() },
    log: { request: Type.Object({ message: Type.String() }), response: Type.Null() },
  },
});

/** What the plugin tells its host while it works. */
export const Journal = defineCapability({
  id: 'Journal',
  version: 1,
  methods: { note: { request: Type.String(), response: Type.Null() } },
});

/** What the plugin may ask its host. */
export const Oracle = defineCapability({
  id: 'Oracle',
  version: 1,
  methods: {
    ask: { request: Type.String(), response: Type.String() },
    askAll: { requestStream: Type.String(), responseStream: Type.String() },
  },
});

/** A service of the host that the plugin does not declare. */
export const Vault = defineCapability({
  id: 'Vault',
  version: 1,
  methods: { open: { request: Type.Null(), response: Type.String() } },
});
