import { definePlugin, implement, PluginBase, type CapabilityApi } from '../../src/index.ts';
import { CanScan } from './contract.ts';

declare const complete: CapabilityApi<typeof CanScan.methods>;
const { scan: _, ...withoutScan } = complete;

// @ts-expect-error a method is missing
implement(CanScan, withoutScan);

// @ts-expect-error the contract does not know this method
implement(CanScan, { ...complete, scna: async () => 1 });

// @ts-expect-error the response lacks a field
implement(CanScan, { ...complete, scan: async () => ({}) });

// @ts-expect-error the response has another type
implement(CanScan, { ...complete, scan: async () => ({ findings: '3' }) });

// @ts-expect-error an answer is a promise
implement(CanScan, { ...complete, scan: () => ({ findings: 3 }) });

// @ts-expect-error the request has no such field
implement(CanScan, { ...complete, scan: async ({ file }) => ({ findings: file.length }) });

// @ts-expect-error the request is not what the method takes
implement(CanScan, { ...complete, scan: async ({ path }: { path: number }) => ({ findings: path }) });

// @ts-expect-error a stream is no promise
implement(CanScan, { ...complete, follow: async () => [1, 2, 3] });

implement(CanScan, {
  ...complete,
  // @ts-expect-error an item has another type
  async *follow() {
    yield 'one';
  },
});

// @ts-expect-error a stream of requests is not one of them
implement(CanScan, { ...complete, upload: async (chunk: Uint8Array) => chunk.length > 0 });

class Lazy extends PluginBase {
  // @ts-expect-error the class does not have the methods
  readonly provides = [implement(CanScan, this)];
}

// @ts-expect-error a plugin says what it provides
class Silent extends PluginBase {}

definePlugin({
  // @ts-expect-error what is provided is made by implement()
  initialize: () => ({ provides: [complete] }),
});

// @ts-expect-error a plugin is a function or a class
definePlugin({});

export { Lazy, Silent };
