import { describe, expect, it } from '@jest/globals';
import type { CapabilityGrant } from '@stellaops/plugin-host';
import { InMemoryPluginRegistry } from '@stellaops/plugin-registry';
import { Workbench } from './plugins/workbench.ts';
import { openVisitors, visitorIds, type StartVisitors } from './visitor-host.ts';
import { workbenchId } from './workbench-host.ts';

const capability = 'Workbench';
const grants: readonly CapabilityGrant[] = [{ capability: Workbench, pluginId: workbenchId }];

/** What plugins that call each other are owed, and what they are held to, wherever they run. */
export function describePeerCalls(name: string, start: StartVisitors): void {
  describe(name, () => {
    it('answers a plugin that was granted the call, with one value and with streams', async () => {
      await using visitors = await openVisitors(start, { grants });
      const { visit } = visitors;
      expect(await visit({ capability, method: 'add', input: { a: 1, b: 2 } })).toEqual({ answer: 3 });
      expect(await visit({ capability, method: 'count', input: { to: 3 } })).toEqual({ answer: [1, 2, 3] });
      expect(await visit({ capability, method: 'sum', input: [1, 2, 3.5] })).toEqual({ answer: 6.5 });
      expect(await visit({ capability, method: 'double', input: [1, 2] })).toEqual({ answer: [2, 4] });
      const parts = [{ data: Uint8Array.of(1, 2, 3) }];
      expect(await visit({ capability, method: 'reverse', input: { parts } })).toEqual({
        answer: { parts: [{ data: Uint8Array.of(3, 2, 1) }] },
      });
    });

    it('finds the only provider where the grant names none', async () => {
      await using visitors = await openVisitors(start, { grants: [{ capability: Workbench }] });
      expect(await visitors.visit({ capability, method: 'add', input: { a: 1, b: 2 } })).toEqual({
        answer: 3,
      });
    });

    it('denies the call to a plugin that was not granted it, and audits that', async () => {
      const registry = new InMemoryPluginRegistry();
      await using visitors = await openVisitors(start, { registry });
      const told = await visitors.visit({ capability, method: 'add', input: { a: 1, b: 2 } });
      expect(told).toEqual({
        code: 'CAPABILITY_DENIED',
        message:
          'Plugin test.visitor was denied Workbench v1: another plugin provides it, and none of the `grants` lets this one call it.',
      });
      expect(await registry.auditTrail({ event: 'call.rejected' })).toMatchObject([
        {
          pluginId: visitorIds[0],
          capability: 'Workbench v1',
          code: 'CAPABILITY_DENIED',
          detail: told.message,
        },
      ]);
      expect(visitors.host.isActive(visitorIds[0])).toBe(true);
    });

    it('tells by code why the other plugin did not answer', async () => {
      await using visitors = await openVisitors(start, { grants });
      const visit = (method: string, input: unknown, timeoutMs?: number) =>
        visitors.visit({ capability, method, input, ...(timeoutMs !== undefined && { timeoutMs }) });
      expect(await visit('add', { a: 1, b: 'two' })).toMatchObject({ code: 'REQUEST_INVALID' });
      expect(await visit('lie', {})).toMatchObject({ code: 'RESPONSE_INVALID' });
      expect(await visit('fail', { message: 'no' })).toMatchObject({ code: 'CALL_FAILED' });
      expect(await visit('countThenFail', { to: 2 })).toMatchObject({ code: 'CALL_FAILED' });
      expect(await visit('hang', {}, 200)).toMatchObject({ code: 'CALL_TIMED_OUT' });
      await visitors.journal.noted('aborted');
      expect(await visit('add', { a: 1, b: 2 })).toEqual({ answer: 3 });
    });

    it('holds a caller to the deadline of the provider, whatever it asks for', async () => {
      await using visitors = await openVisitors(start, { grants, timeouts: { callTimeoutMs: 1000 } });
      const { visit } = visitors;
      const call = { capability, method: 'hang', input: {}, timeoutMs: 3_600_000 };
      const told = await visit(call, visitorIds[0], { timeoutMs: 60_000 });
      expect(told).toMatchObject({ code: 'CALL_TIMED_OUT' });
    });

    it('cancels the call when the one that led to it is cancelled', async () => {
      await using visitors = await openVisitors(start, { grants });
      const controller = new AbortController();
      const call = visitors.visit({ capability, method: 'hang', input: {} }, visitorIds[0], {
        signal: controller.signal,
      });
      await visitors.journal.noted('hanging');
      controller.abort(new Error('changed my mind'));
      await expect(call).rejects.toMatchObject({ code: 'CALL_CANCELLED' });
      await visitors.journal.noted('aborted');
    });
  });
}
