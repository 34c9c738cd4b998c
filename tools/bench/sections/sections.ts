import type { Section } from './section.ts';

/** The parts of the bench, in the order in which they run; each is loaded when it is asked for. */
export const sections: Readonly<Record<string, () => Promise<Section>>> = {
  latency: async () => (await import('./latency.ts')).latency,
  throughput: async () => (await import('./throughput.ts')).throughput,
  streams: async () => (await import('./streams.ts')).streams,
  start: async () => (await import('./start.ts')).start,
  memory: async () => (await import('./memory.ts')).memory,
  dispatch: async () => (await import('./dispatch.ts')).dispatch,
  scale: async () => (await import('./scale/scale.ts')).scale,
  lifecycle: async () => (await import('./lifecycle/lifecycle.ts')).lifecycle,
  fleet: async () => (await import('./fleet/fleet.ts')).fleet,
  audit: async () => (await import('./audit/audit.ts')).audit,
};
