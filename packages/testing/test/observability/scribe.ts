import { trace } from '@opentelemetry/api';
import { defineCapability, definePlugin, implement, Type, type CapabilityApi } from '@stellaops/plugin-sdk';
import type { PluginTrustLevel } from '@stellaops/plugin-abstractions';
import { recordingLogger, startTestHost, testManifest } from '../../src/index.ts';

/** What the plugin of these tests can do. */
const Scribe = defineCapability({
  id: 'Scribe',
  version: 1,
  methods: {
    write: { request: Type.String(), response: Type.String() },
    fail: { request: Type.String(), response: Type.Null() },
    hang: { request: Type.String(), response: Type.Null() },
    read: { request: Type.Integer(), responseStream: Type.Integer() },
    ask: { request: Type.String(), response: Type.String() },
    block: { request: Type.Number(), response: Type.Null() },
    traceparent: { request: Type.Null(), response: Type.String() },
  },
});

/** What it may ask of its host. */
export const Ink = defineCapability({
  id: 'Ink',
  version: 1,
  methods: { fill: { request: Type.String(), response: Type.String() } },
});

const scribe = definePlugin({
  initialize: (context) => {
    const api: CapabilityApi<typeof Scribe.methods> = {
      write: async (text) => text.toUpperCase(),
      fail: async (text) => {
        throw new Error(text);
      },
      hang: () => new Promise(() => undefined),
      async *read(to) {
        for (let number = 1; number <= to; number++) yield number;
      },
      ask: (text, options) => context.resolve(Ink).fill(text, options),
      block: async (durationMs) => {
        const end = performance.now() + durationMs;
        while (performance.now() < end);
        return null;
      },
      traceparent: async (_, options) => options?.traceparent ?? 'none',
    };
    return { provides: [implement(Scribe, api)] };
  },
});

/** A host in which the scribe runs, its log, and the ids of the traces in which it called the host. */
export async function openScribe(trustLevel: PluginTrustLevel) {
  const logger = recordingLogger();
  const traceIds: (string | undefined)[] = [];
  const ink = implement(Ink, {
    fill: async (text) => {
      traceIds.push(trace.getActiveSpan()?.spanContext().traceId);
      return `${text}!`;
    },
  });
  const manifest = testManifest({
    id: 'test.scribe',
    provides: [{ capability: 'Scribe', version: 1 }],
    requires: [{ capability: 'Ink', version: 1 }],
  });
  const host = await startTestHost({
    plugins: [{ manifest, plugin: scribe }],
    services: [ink],
    trustLevel,
    logger,
  });
  return {
    host,
    logger,
    traceIds,
    api: host.resolve(Scribe),
    [Symbol.asyncDispose]: () => host.stop(),
  };
}
