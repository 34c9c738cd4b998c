import {
  defineCapability,
  implement,
  PluginError,
  type ImplementationDirectory,
} from '@stellaops/plugin-abstractions';

const finding = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'severity', 'score', 'tags'],
  properties: {
    id: { type: 'string', pattern: String.raw`^CVE-\d{4}-\d{4,}$` },
    severity: { anyOf: ['low', 'medium', 'high', 'critical'].map((value) => ({ const: value })) },
    score: { type: 'number', minimum: 0, maximum: 10 },
    tags: {
      type: 'array',
      uniqueItems: true,
      items: { type: 'string', pattern: String.raw`^[a-z][a-z-]*$` },
    },
  },
};
const report = {
  type: 'object',
  additionalProperties: false,
  required: ['findings'],
  properties: { findings: { type: 'array', items: finding } },
};

/** A schema of anything, one that refers to itself, and a report as scanners have it. */
export const desk = defineCapability({
  id: 'Desk',
  version: 1,
  methods: {
    keep: { request: {}, response: {} },
    submit: { request: report, response: {} },
    fetch: { request: {}, response: report },
    take: { request: {}, response: {} },
    follow: { request: {}, responseStream: report },
    watch: { request: {}, responseStream: {} },
    upload: { requestStream: {}, response: {} },
  },
});

/** Host services that read and check what they are given, and do nothing with it. */
export const deskServices: ImplementationDirectory = {
  find: (identity) => {
    if (identity.id !== desk.id)
      throw new PluginError('CAPABILITY_NOT_DECLARED', {
        pluginId: 'test.plugin',
        capability: identity.id,
        list: 'requires',
      });
    return implementation;
  },
};

async function* nothing(): AsyncGenerator<never> {
  // it has no items
}

const implementation = implement(desk, {
  keep: () => Promise.resolve(null),
  submit: () => Promise.resolve(null),
  fetch: () => Promise.resolve({ findings: [] }),
  take: () => Promise.resolve(null),
  follow: nothing,
  watch: nothing,
  upload: async (items) => {
    for await (const item of items) void item;
    return null;
  },
});
